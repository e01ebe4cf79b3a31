"use client";

import type { EmailOtpType } from "@supabase/supabase-js";
import { useRouter } from "next/navigation";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { destinationOf, pathFor, type ReturnTo } from "@/lib/auth";
import { dataOf, type Problem, problem, problemOf } from "@/lib/errors";
import { returnToFrom } from "@/lib/navigation";
import type { Account } from "@/lib/session";
import type { Supabase } from "@/lib/supabase/browser";
import { Button, ButtonLink } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Notice } from "@/ui/Notice";
import { PageLink } from "@/ui/PageLink";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { Skeleton } from "@/ui/Skeleton";
import { noteConfirmation } from "./confirmedElsewhere";
import { useSession } from "./Providers";
import { ResendConfirmation } from "./ResendConfirmation";

type Outcome =
  /** Signed in, or was so all along. */
  | { is: "done" }
  /** Confirmed, but only the browser that asked for the link could be signed in by it. */
  | { is: "confirmed" }
  /** Somebody else is signed in here; `goOn` replaces the session. */
  | { is: "other"; email: string; goOn: () => Promise<void> }
  | { is: "refused"; problem: Problem };

/**
 * Where the links of Auth's emails end, in each of their forms: tokens behind the `#` (the plain
 * flow), `token_hash` (an email template of one's own, as @supabase/ssr advises) or `code` (PKCE,
 * which works only in the browser that asked for the email).
 */
export function ConfirmLinkPage() {
  const { supabase, account } = useSession();
  const router = useRouter();
  const [returnTo, setReturnTo] = useState<ReturnTo>({ code: null, next: null });
  // A link for a new password, not one that confirms an address.
  const [recovery, setRecovery] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const begun = useRef(false);

  useEffect(() => {
    // The link works once, and React may run this twice.
    if (begun.current) return;
    begun.current = true;
    const url = new URL(window.location.href);
    const brought = new URLSearchParams([
      ...url.searchParams,
      ...new URLSearchParams(url.hash.slice(1)),
    ]);
    // Tokens stay neither in the address bar nor in the history.
    window.history.replaceState(null, "", url.pathname);
    const kept = returnToFrom({
      code: url.searchParams.get("invite") ?? undefined,
      next: url.searchParams.get("next") ?? undefined,
    });
    setReturnTo(kept);
    const recovers = brought.get("type") === "recovery";
    setRecovery(recovers);
    redeem(supabase, account, brought)
      .catch((error: unknown): Outcome => ({ is: "refused", problem: problemOf(error) }))
      .then((result) => {
        setOutcome(result);
        if (result.is === "done") router.replace(onwards(kept, recovers));
      });
  }, [supabase, account, router]);

  if (!outcome || outcome.is === "done") {
    return (
      <Frame title={recovery ? "One moment" : "Confirming your address"}>
        <Skeleton of="your account" count={1} />
      </Frame>
    );
  }
  if (outcome.is === "confirmed" && recovery) {
    return (
      <Frame title="Open this link in the other browser">
        <p className="lead">
          It only works in the browser you asked for it in. You can ask for a new one here.
        </p>
        <p>
          <ButtonLink href={pathFor("/forgot", returnTo)}>Send a new link</ButtonLink>
        </p>
      </Frame>
    );
  }
  if (outcome.is === "confirmed") {
    return (
      <Frame title="Your address is confirmed">
        <p className="lead">You signed up in another browser. Sign in here to continue.</p>
        <p>
          <ButtonLink href={pathFor("/login", returnTo)}>Sign in</ButtonLink>
        </p>
        <p className="soft">
          If you didn’t sign up yourself,{" "}
          <PageLink href={pathFor("/forgot", returnTo)}>set a new password</PageLink>: someone else
          used your address.
        </p>
      </Frame>
    );
  }
  if (outcome.is === "other") {
    const goOn = () => outcome.goOn().then(() => router.replace(onwards(returnTo, recovery)));
    return (
      <Frame title="Which account?">
        <Notice tone="warn" title={`You are signed in as ${account?.email}.`}>
          {recovery
            ? `This link sets a new password for ${outcome.email}.`
            : `This link confirmed the address of ${outcome.email}.`}
        </Notice>
        <div className="row">
          <Button onClick={goOn}>Continue as {outcome.email}</Button>
          <ButtonLink href={destinationOf(returnTo)} variant="secondary">
            Stay signed in as {account?.email}
          </ButtonLink>
        </div>
      </Frame>
    );
  }
  if (recovery && outcome.problem.slug === "otp_expired") {
    return (
      <Frame title="This link didn’t work">
        <ProblemNotice
          problem={problem("recovery_expired")}
          actions={
            <>
              <ButtonLink href={pathFor("/forgot", returnTo)} variant="secondary" small>
                Send another link
              </ButtonLink>
              <ButtonLink href={pathFor("/login", returnTo)} variant="quiet" small>
                Sign in
              </ButtonLink>
            </>
          }
        />
      </Frame>
    );
  }
  return (
    <Frame title="This link didn’t work">
      <ProblemNotice
        problem={outcome.problem}
        actions={
          <ButtonLink href={pathFor("/login", returnTo)} variant="secondary" small>
            Sign in
          </ButtonLink>
        }
      />
      <AskAgain returnTo={returnTo} />
    </Frame>
  );
}

const onwards = (returnTo: ReturnTo, recovery: boolean): string =>
  recovery ? pathFor("/password", returnTo) : destinationOf(returnTo);

const OTP_TYPES: EmailOtpType[] = [
  "signup",
  "invite",
  "magiclink",
  "recovery",
  "email_change",
  "email",
];

/** Turns what the link brought along into a session. */
async function redeem(
  supabase: Supabase,
  account: Account | null,
  brought: URLSearchParams,
): Promise<Outcome> {
  const take = (name: string) => brought.get(name) ?? "";
  if (take("error") || take("error_code")) {
    return { is: "refused", problem: problemOf({ code: take("error_code") || "otp_expired" }) };
  }

  const tokens = { access_token: take("access_token"), refresh_token: take("refresh_token") };
  if (tokens.access_token && tokens.refresh_token) {
    const setSession = async () => {
      const { user } = await dataOf(supabase.auth.setSession(tokens));
      if (user && !account && take("type") !== "recovery") noteConfirmation(user);
    };
    if (account) {
      const { user } = await dataOf(supabase.auth.getUser(tokens.access_token));
      // A link that someone else sent must not change the account unnoticed.
      if (user.id !== account.id) return { is: "other", email: user.email ?? "", goOn: setSession };
    }
    await setSession();
    return { is: "done" };
  }

  if (take("token_hash")) {
    const type = OTP_TYPES.find((known) => known === take("type")) ?? "email";
    const { session } = await dataOf(
      supabase.auth.verifyOtp({ token_hash: take("token_hash"), type }),
    );
    if (!session) return { is: "confirmed" };
    if (!account && type !== "recovery") noteConfirmation(session.user);
    return { is: "done" };
  }

  if (take("code")) {
    const { error } = await supabase.auth.exchangeCodeForSession(take("code"));
    return error ? { is: "confirmed" } : { is: "done" };
  }
  return account ? { is: "done" } : { is: "refused", problem: problem("otp_expired") };
}

function Frame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <h1>{title}</h1>
      {children}
    </>
  );
}

/** For those whose link has expired; it does not say which address it was for. */
function AskAgain({ returnTo }: { returnTo: ReturnTo }) {
  const [email, setEmail] = useState("");
  const ask = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setEmail(String(new FormData(event.currentTarget).get("email")).trim());
  };
  if (email) {
    return (
      <section className="card stack">
        <p>
          A new link for <strong>{email}</strong>:
        </p>
        <ResendConfirmation email={email} returnTo={returnTo} />
      </section>
    );
  }
  return (
    <form className="card stack" onSubmit={ask}>
      <h2>Get a new link</h2>
      <Field label="Email address" name="email" type="email" autoComplete="username" required />
      <div>
        <Button type="submit" variant="secondary">
          Continue
        </Button>
      </div>
    </form>
  );
}
