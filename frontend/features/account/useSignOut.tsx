"use client";

import { useRouter } from "next/navigation";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { signOut } from "@/lib/auth";
import { forgetDrafts } from "@/lib/drafts";
import { useAction } from "@/ui/useAction";
import { useSignedIn } from "./Providers";
import { type Unsent, unsentOf } from "./unsent";

// Few have anything unsent.
const UnsentDialog = lazy(() => import("./UnsentDialog"));

interface SignOut {
  /** Signs out and goes to `path`; asks before, if answers wait on this device. */
  leave: (path: string) => Promise<void>;
  busy: boolean;
  /** The question; to be rendered. */
  question: ReactNode;
}

/** The way out of an account. */
export function useSignOut(): SignOut {
  const { supabase, account } = useSignedIn();
  const router = useRouter();
  const { run, busy } = useAction();
  const [asked, setAsked] = useState<{ unsent: Unsent; path: string } | null>(null);

  const end = async (path: string) => {
    await signOut(supabase);
    // The next one at this computer could read them.
    forgetDrafts(null);
    router.replace(path);
    router.refresh();
  };
  const leave = (path: string) =>
    run(async () => {
      const unsent = await unsentOf(account.id);
      if (unsent.recordings + unsent.texts > 0) setAsked({ unsent, path });
      else await end(path);
    });
  const question = asked && (
    <Suspense>
      <UnsentDialog
        unsent={asked.unsent}
        onClose={() => setAsked(null)}
        onSignOut={() => end(asked.path)}
      />
    </Suspense>
  );
  return { leave, busy, question };
}
