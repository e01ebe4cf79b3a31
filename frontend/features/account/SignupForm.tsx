"use client";

import { type FormEvent, useState } from "react";
import { confirmUrl, destinationOf, pathFor, type ReturnTo } from "@/lib/auth";
import { dataOf, problem } from "@/lib/errors";
import { Button, ButtonLink } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { PageLink } from "@/ui/PageLink";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { useAction } from "@/ui/useAction";
import { useGo } from "@/ui/useGo";
import { CheckYourInbox } from "./CheckYourInbox";
import { rememberSignup } from "./confirmedElsewhere";
import { NewPasswordField } from "./NewPasswordField";
import { useSession } from "./Providers";
import { ResendConfirmation } from "./ResendConfirmation";

/** The form and, once it was accepted, what comes next: an email to confirm the address. */
export function SignupForm({ returnTo }: { returnTo: ReturnTo }) {
  const { supabase } = useSession();
  const { go, going } = useGo();
  const { run, busy, refusal, setRefusal } = useAction();
  const [mailedTo, setMailedTo] = useState("");

  const signUp = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const email = String(form.get("email")).trim();
    void run(async () => {
      const { user, session } = await dataOf(
        supabase.auth.signUp({
          email,
          password: String(form.get("password")),
          options: {
            data: { full_name: String(form.get("full_name")).trim() },
            emailRedirectTo: confirmUrl(returnTo),
          },
        }),
      );
      // Where Auth does not ask for a confirmation, there is a session at once.
      if (session) go(destinationOf(returnTo));
      // Auth does not say that an account exists; it only leaves the identities out.
      else if (user?.identities?.length === 0) setRefusal(problem("user_already_exists"));
      else {
        rememberSignup(email);
        setMailedTo(email);
      }
    });
  };

  if (mailedTo) {
    return (
      <CheckYourInbox
        title="Check your inbox"
        returnTo={returnTo}
        more={<ResendConfirmation email={mailedTo} returnTo={returnTo} />}
        back="Use another address"
        onBack={() => setMailedTo("")}
      >
        We sent an email to <strong>{mailedTo}</strong>. Open the link in it, on this device or any
        other, to confirm your address and go to your interviews.
      </CheckYourInbox>
    );
  }
  const reviewing = /^\/reviews(\/|$)/.test(returnTo.next ?? "");
  const exists = refusal?.slug === "user_already_exists" || refusal?.slug === "email_exists";
  return (
    <>
      <form className="card stack" onSubmit={signUp}>
        <Field
          label="Your name"
          name="full_name"
          autoComplete="name"
          maxLength={100}
          hint={
            reviewing
              ? "Signs the reviews you write."
              : "Signs the invitations you send. Recruiters who invite you see only your email address."
          }
          required
        />
        <Field
          label="Email address"
          name="email"
          type="email"
          autoComplete="username"
          hint={
            reviewing
              ? "Use the address that was asked to review: it works for that one only."
              : "Use the address your invitation was sent to: the code only works for that one."
          }
          required
        />
        <NewPasswordField label="Password" />
        {refusal && (
          <ProblemNotice
            problem={refusal}
            actions={
              exists && (
                <ButtonLink href={pathFor("/login", returnTo)} variant="secondary" small>
                  Sign in instead
                </ButtonLink>
              )
            }
          />
        )}
        <Button type="submit" busy={busy || going} wide>
          Sign up
        </Button>
      </form>
      <p>
        Already have an account? <PageLink href={pathFor("/login", returnTo)}>Sign in</PageLink>
      </p>
    </>
  );
}
