import type { Session } from "@supabase/supabase-js";
import type { SupabaseSettings } from "@/lib/env";
import { dataOf, problem, Refusal } from "@/lib/errors";
import type { Link } from "@/lib/link";
import type { Account } from "@/lib/session";
import { clientApart, type Supabase } from "@/lib/supabase/browser";
import { noteConfirmation } from "./confirmedElsewhere";

/** What a link has brought about once it was redeemed. */
export type Redeemed =
  /** Signed in, or was so all along. */
  | { is: "done" }
  /** Confirmed, but only the browser that asked for the link could be signed in by it. */
  | { is: "confirmed" }
  /** Someone else is signed in here; `goOn` replaces the session, `stay` ends the link's. */
  | { is: "other"; email: string; goOn: () => Promise<void>; stay: () => Promise<void> };

interface Here {
  supabase: Supabase;
  settings: SupabaseSettings;
  account: Account | null;
}

/** Whose link it is, as far as that is known before it is redeemed. Redeems nothing. */
export async function ownerOf({ brought }: Link, { supabase }: Here) {
  if (brought.form !== "tokens") return null;
  const { user } = await dataOf(supabase.auth.getUser(brought.access_token));
  return { id: user.id, email: user.email ?? "" };
}

/** Turns what the link brought along into a session. Of another account only where that was asked. */
export async function redeem(link: Link, here: Here): Promise<Redeemed> {
  const { brought } = link;
  if (brought.form === "tokens") {
    await takeOver(link, here, brought);
    return { is: "done" };
  }
  if (brought.form === "code") {
    const { error } = await here.supabase.auth.exchangeCodeForSession(brought.code);
    return error ? { is: "confirmed" } : { is: "done" };
  }
  if (brought.form !== "hash") throw new Refusal(problem("otp_expired"));
  // Apart: whose it is shows now only, and it must not end the session that is there.
  const apart = clientApart(here.settings);
  const { token_hash, type } = brought;
  const { session } = await dataOf(apart.auth.verifyOtp({ token_hash, type }));
  if (!session) return { is: "confirmed" };
  const goOn = () => takeOver(link, here, session);
  if (here.account && here.account.id !== session.user.id) {
    const stay = async () => void (await apart.auth.signOut({ scope: "local" }));
    return { is: "other", email: session.user.email ?? "", goOn, stay };
  }
  await goOn();
  return { is: "done" };
}

/** Makes the link's session that of this browser. */
async function takeOver(
  { purpose }: Link,
  { supabase, account }: Here,
  { access_token, refresh_token }: Pick<Session, "access_token" | "refresh_token">,
) {
  const { user } = await dataOf(supabase.auth.setSession({ access_token, refresh_token }));
  // A password is about to be chosen in the other cases.
  if (user && !account && purpose !== "recovery" && purpose !== "invite") noteConfirmation(user);
}
