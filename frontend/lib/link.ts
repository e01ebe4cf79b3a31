import type { EmailOtpType } from "@supabase/supabase-js";

/** What a link in one of Auth's emails is for. */
export type Purpose = "confirm" | "recovery" | "email_change" | "invite" | "magiclink";

const PURPOSES = {
  signup: "confirm",
  email: "confirm",
  recovery: "recovery",
  email_change: "email_change",
  invite: "invite",
  magiclink: "magiclink",
} satisfies Partial<Record<EmailOtpType, Purpose>>;

type LinkType = keyof typeof PURPOSES;

const isType = (text: string): text is LinkType => Object.hasOwn(PURPOSES, text);

/** What a link brought along, in one of the three forms that Auth has, or why it was refused. */
export type Brought =
  /** Auth has redeemed it already and hands over the session. */
  | { form: "tokens"; access_token: string; refresh_token: string }
  /** Nothing is redeemed yet, and nobody can say whose it is. */
  | { form: "hash"; token_hash: string; type: LinkType }
  /** Redeemed by the browser that asked for the email alone (PKCE). */
  | { form: "code"; code: string }
  | { form: "refused"; code: string }
  | { form: "nothing" };

export interface Link {
  purpose: Purpose;
  brought: Brought;
}

/** Reads the address that a link led to. */
export function linkIn(address: string): Link {
  const { searchParams, hash } = new URL(address);
  const params = new URLSearchParams([...searchParams, ...new URLSearchParams(hash.slice(1))]);
  const take = (name: string) => params.get(name) ?? "";
  const named = take("type");
  const type = isType(named) ? named : "email";
  return { purpose: PURPOSES[type], brought: broughtBy(take, type) };
}

/**
 * What the address that was asked for said: our email templates pass it on as `redirect_to`, those
 * of Auth lead to it.
 */
export function askedFor(address: string): URLSearchParams {
  const { searchParams } = new URL(address);
  const named = searchParams.get("redirect_to");
  return named && URL.canParse(named) ? new URL(named).searchParams : searchParams;
}

function broughtBy(take: (name: string) => string, type: LinkType): Brought {
  if (take("error") || take("error_code")) {
    return { form: "refused", code: take("error_code") || "otp_expired" };
  }
  const [access_token, refresh_token] = [take("access_token"), take("refresh_token")];
  if (access_token && refresh_token) return { form: "tokens", access_token, refresh_token };
  if (take("token_hash")) return { form: "hash", token_hash: take("token_hash"), type };
  if (take("code")) return { form: "code", code: take("code") };
  return { form: "nothing" };
}
