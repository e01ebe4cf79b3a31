import { createBrowserClient } from "@supabase/ssr";
import { createClient as createPlainClient, type SupabaseClient } from "@supabase/supabase-js";
import type { Database } from "@/lib/database.types";
import type { SupabaseSettings } from "@/lib/env";

export type Supabase = SupabaseClient<Database>;

/**
 * The client of the browser; one per page load. Components get it from `useSupabase()`.
 *
 * `detectSessionInUrl` is off: with it, supabase-js takes the `code` of
 * `/candidates/dashboard?code=123456` for one of its own and tries to exchange it. Links from
 * Auth's mails are handled by `/auth/confirm`.
 */
export const createClient = ({ url, anonKey }: SupabaseSettings): Supabase =>
  createBrowserClient<Database>(url, anonKey, {
    auth: { detectSessionInUrl: false },
    cookieOptions: {
      secure: typeof window !== "undefined" && window.location.protocol === "https:",
    },
  });

let apart: Supabase | undefined;

/** A second client, whose session is kept nowhere and is not that of the page. */
export function clientApart({ url, anonKey }: SupabaseSettings): Supabase {
  apart ??= createPlainClient<Database>(url, anonKey, {
    auth: {
      detectSessionInUrl: false,
      persistSession: false,
      autoRefreshToken: false,
      storageKey: "apart",
    },
  });
  return apart;
}
