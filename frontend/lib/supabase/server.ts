import { createServerClient } from "@supabase/ssr";
import { cookies } from "next/headers";
import { cache } from "react";
import type { Database } from "@/lib/database.types";
import { supabaseSettings } from "@/lib/env";
import { type Account, accountOf, claimsOf } from "@/lib/session";
import type { Supabase } from "./browser";

/** A client for server components, with the session of the request's cookies; one a request. */
export const createClient = cache(async (): Promise<Supabase> => {
  const { url, anonKey } = supabaseSettings();
  const store = await cookies();
  return createServerClient<Database>(url, anonKey, {
    // What one account reads is kept for nobody.
    global: { fetch: (input, init) => fetch(input, { ...init, cache: "no-store" }) },
    cookies: {
      getAll: () => store.getAll(),
      // Server components cannot write cookies; proxy.ts has refreshed the session before.
      setAll: () => {},
    },
  });
});

/** Who is signed in, by a verified token; null when nobody is. Asked once a request. */
export const currentAccount = cache(async (): Promise<Account | null> => {
  const supabase = await createClient();
  const { data } = await claimsOf(supabase.auth);
  return data ? accountOf(data.claims) : null;
});

/** Whether the signed-in account recruits: it has interviews of its own, or the role for it. */
export const recruits = cache(async (): Promise<boolean> => {
  const account = await currentAccount();
  if (!account) return false;
  if (account.recruiter) return true;
  const { data } = await (await createClient())
    .from("interviews")
    .select("id")
    .eq("recruiter_id", account.id)
    .limit(1);
  return data?.length === 1;
});

/** Whether the signed-in account reviews candidates of other people's interviews. */
export const reviews = cache(async (): Promise<boolean> => {
  const account = await currentAccount();
  if (!account) return false;
  const { data } = await (await createClient())
    .from("interview_reviewers")
    .select("id")
    .eq("user_id", account.id)
    .limit(1);
  return data?.length === 1;
});
