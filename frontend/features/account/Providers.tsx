"use client";

import { useRouter } from "next/navigation";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { SWRConfig } from "swr";
import { forgetDrafts } from "@/lib/drafts";
import type { SupabaseSettings } from "@/lib/env";
import type { Reader } from "@/lib/format";
import type { Account } from "@/lib/session";
import { createClient, type Supabase } from "@/lib/supabase/browser";
import { ReaderProvider } from "@/ui/Time";
import { ToastProvider } from "@/ui/Toast";

interface Session {
  supabase: Supabase;
  settings: SupabaseSettings;
  /** Who is signed in; null when nobody is. */
  account: Account | null;
}

const SessionContext = createContext<Session | null>(null);

/** The Supabase client and who is signed in. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession outside of Providers");
  return session;
}

/**
 * The same on pages that proxy.ts shows to nobody without an account. While Auth is down it cannot
 * tell who that is; then the page is an error (app/error.tsx), which can be tried again.
 */
export function useSignedIn(): Session & { account: Account } {
  const session = useSession();
  if (!session.account) throw new Error("Nobody is signed in");
  return { ...session, account: session.account };
}

interface ProvidersProps {
  settings: SupabaseSettings;
  account: Account | null;
  reader: Reader;
  children: ReactNode;
}

/** What every component may use: Supabase, the account, a cache of what was read, the toasts. */
export function Providers({ settings, account, reader, children }: ProvidersProps) {
  const [supabase] = useState(() => createClient(settings));
  useAccountChanges(supabase, account);
  useEffect(() => {
    // The drafts of someone whose session has ended without signing out, and who may come back.
    if (account) forgetDrafts(account.id);
  }, [account]);
  return (
    <SessionContext value={{ supabase, settings, account }}>
      {/* Another person's rows never show up: with the account the cache is a new one. Every page
          reads again, however recently it did: another one may have changed something since. */}
      <SWRConfig
        key={account?.id}
        value={{
          provider: () => new Map(),
          shouldRetryOnError: false,
          keepPreviousData: true,
          dedupingInterval: 0,
        }}
      >
        <ReaderProvider known={reader}>
          <ToastProvider>{children}</ToastProvider>
        </ReaderProvider>
      </SWRConfig>
    </SessionContext>
  );
}

/**
 * Signing out or in, also as somebody else, also in another tab and by a link from an email: the
 * page follows whichever event says so first (a link for a new password has one of its own).
 */
function useAccountChanges(supabase: Supabase, account: Account | null) {
  const router = useRouter();
  const shown = account?.id;
  useEffect(() => {
    const { data } = supabase.auth.onAuthStateChange((event, session) => {
      const known = session !== null || event === "SIGNED_OUT";
      if (known && session?.user.id !== shown) router.refresh();
    });
    return () => data.subscription.unsubscribe();
  }, [supabase, router, shown]);
}
