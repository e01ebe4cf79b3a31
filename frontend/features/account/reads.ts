import { dataOf, jsonOf } from "@/lib/errors";
import type { Read } from "@/lib/read";
import type { Supabase } from "@/lib/supabase/browser";

export type Choice = "each" | "daily" | "never";

/** When a recruiter is told of what by email. */
export interface Notifications {
  candidate_completed: Choice;
  renewal_requested: Choice;
  delivery_failed: Choice;
}

// Called without arguments, it changes nothing.
const notificationsRead = (userId: string): Read<Notifications> => ({
  key: ["notifications", userId],
  from: (supabase) => jsonOf<Notifications>(supabase.rpc("set_notifications")),
});

/** Who signs the emails of an account, and how they do. */
export interface Signer {
  full_name: string;
  company: string;
  signature: string;
}

/** How emails would be signed; refused where they must not be. */
export const signatureOf = (supabase: Supabase, names: { full_name: string; company: string }) =>
  dataOf(supabase.rpc("preview_signature", names));

// Asked of Auth, as the database does: a token may be older.
const signerRead = (userId: string): Read<Signer> => ({
  key: ["signer", userId],
  from: async (supabase) => {
    const [{ user }, signature] = await Promise.all([
      dataOf(supabase.auth.getUser()),
      dataOf(supabase.rpc("preview_signature")),
    ]);
    const { full_name, company } = user.user_metadata as Record<string, unknown>;
    const text = (value: unknown) => (typeof value === "string" ? value : "");
    return { full_name: text(full_name), company: text(company), signature };
  },
});

/** All that the page about the account shows. */
export const accountReads = (userId: string) => ({
  signer: signerRead(userId),
  notifications: notificationsRead(userId),
});
