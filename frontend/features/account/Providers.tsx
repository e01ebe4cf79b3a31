"use client";

import { useRouter } from "next/navigation";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { SWRConfig } from "swr";
import type { SupabaseSettings } from "@/lib/env";
import type { Account } from "@/lib/session";
import { createClient, type Supabase } from "@/lib/supabase/browser";
import { TimeZoneProvider } from "@/ui/Time";
import { ToastProvider } from "@/ui/Toast";

interface Session {
  supabase: Supabase;
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

/** The same on pages that proxy.ts shows to nobody without an account. */
export function useSignedIn(): { supabase: Supabase; account: Account } {
  const { supabase, account } = useSession();
  return { supabase, account: account ?? { id: "", email: "", name: null } };
}

interface ProvidersProps {
  settings: SupabaseSettings;
  account: Account | null;
  timeZone: string;
  children: ReactNode;
}

/** What every component may use: Supabase, the account, a cache of what was read, the toasts. */
export function Providers({ settings, account, timeZone, children }: ProvidersProps) {
  const [supabase] = useState(() => createClient(settings));
  useOtherTabs(supabase, account);
  return (
    <SessionContext value={{ supabase, account }}>
      {/* Another person's rows never show up: with the account the cache is a new one. Every page
          reads anew, however lately it did: another one may have changed something since. */}
      <SWRConfig
        key={account?.id}
        value={{
          provider: () => new Map(),
          shouldRetryOnError: false,
          keepPreviousData: true,
          dedupingInterval: 0,
        }}
      >
        <TimeZoneProvider known={timeZone}>
          <ToastProvider>{children}</ToastProvider>
        </TimeZoneProvider>
      </SWRConfig>
    </SessionContext>
  );
}

/** Another tab may sign out, or in as somebody else; this one follows. */
function useOtherTabs(supabase: Supabase, account: Account | null) {
  const router = useRouter();
  const shown = account?.id;
  useEffect(() => {
    const { data } = supabase.auth.onAuthStateChange((event, session) => {
      const changed = event === "SIGNED_IN" || event === "SIGNED_OUT";
      if (changed && session?.user.id !== shown) router.refresh();
    });
    return () => data.subscription.unsubscribe();
  }, [supabase, router, shown]);
}
