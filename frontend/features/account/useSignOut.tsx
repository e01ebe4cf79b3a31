"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { signOut } from "@/lib/auth";
import { forgetDrafts } from "@/lib/drafts";
import { dialogOnDemand } from "@/ui/onDemand";
import { useAction } from "@/ui/useAction";
import { useDialog } from "@/ui/useDialog";
import { useSignedIn } from "./Providers";
import { type Unsent, unsentOf } from "./unsent";

// Few have anything unsent.
const UnsentDialog = dialogOnDemand(() => import("./UnsentDialog"));

interface SignOut {
  /** Signs out and goes to `path`; asks before, if answers wait on this device. */
  leave: (path: string) => Promise<void>;
  busy: boolean;
  /** The question; to be rendered. */
  question: ReactNode;
}

/** The way out of an account; `name` is that of the question in the page's address. */
export function useSignOut(name: string): SignOut {
  const { supabase, account } = useSignedIn();
  const router = useRouter();
  const { run, busy } = useAction();
  // Until the other page has come.
  const [leaving, setLeaving] = useState(false);
  const [asked, setAsked] = useState<{ unsent: Unsent; path: string } | null>(null);
  const dialog = useDialog(name);

  const end = async (path: string) => {
    await signOut(supabase);
    // The next one at this computer could read them.
    forgetDrafts(null);
    setLeaving(true);
    router.replace(path);
    router.refresh();
    return false;
  };
  const leave = (path: string) =>
    run(async () => {
      const unsent = await unsentOf(account.id);
      if (unsent.recordings + unsent.texts > 0) {
        setAsked({ unsent, path });
        dialog.open();
      } else {
        await end(path);
      }
    });
  const question = asked && dialog.about !== null && (
    <UnsentDialog unsent={asked.unsent} onClose={dialog.close} onSignOut={() => end(asked.path)} />
  );
  return { leave, busy: busy || leaving, question };
}
