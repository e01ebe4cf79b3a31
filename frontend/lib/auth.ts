import { dataOf } from "./errors.ts";
import { DASHBOARD, HOME, withParams } from "./navigation.ts";
import type { Supabase } from "./supabase/browser";

/** What somebody wanted before having to sign in: an interview to join, or some page. */
export interface ReturnTo {
  /** The six digits of an interview code. */
  code: string | null;
  /** A path of this site, from `safePath`. */
  next: string | null;
}

/** Where it leads once somebody is signed in. */
export const destinationOf = ({ code, next }: ReturnTo): string =>
  code ? withParams(DASHBOARD, { code }) : (next ?? HOME);

type AccountPage = "/login" | "/signup" | "/forgot" | "/password";

/** A page about the account, with that kept. */
export const pathFor = (page: AccountPage, { code, next }: ReturnTo): string =>
  withParams(page, { code, next: code ? null : next });

/**
 * Where the link of the confirmation mail ends. It travels in it, because the mail may be
 * opened on another device. The code is called `invite` there: hosted Supabase adds a `code` of
 * its own. There is always a parameter, so that mail templates can add theirs with `&`.
 */
export const confirmUrl = ({ code, next }: ReturnTo): string =>
  window.location.origin +
  withParams("/auth/confirm", code ? { invite: code } : { next: next ?? HOME });

/**
 * Where the link of the mail for a new password ends. Auth adds `type` to two of the three forms of
 * its links; here it is there in the third one too, and when the link is refused.
 */
export const recoverUrl = (returnTo: ReturnTo): string =>
  withParams(confirmUrl(returnTo), { type: "recovery" });

/** Has the confirmation mail sent once more. */
export async function resendConfirmation(supabase: Supabase, email: string, returnTo: ReturnTo) {
  const options = { emailRedirectTo: confirmUrl(returnTo) };
  await dataOf(supabase.auth.resend({ type: "signup", email, options }));
}

/** Ends the session on this device alone. Offline too: it is removed here in any case. */
export async function signOut(supabase: Supabase) {
  await supabase.auth.signOut({ scope: "local" });
}

/** Ends the sessions of this account everywhere else: they cannot be renewed any more. */
export async function endOtherSessions(supabase: Supabase) {
  const { error } = await supabase.auth.signOut({ scope: "others" });
  if (error) throw error;
}
