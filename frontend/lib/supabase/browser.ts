import { createBrowserClient } from "@supabase/ssr";
import type { SupabaseClient } from "@supabase/supabase-js";
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
