"use client";

import { type FormEvent, useState } from "react";
import { type ReturnTo, recoverUrl } from "@/lib/auth";
import { dataOf } from "@/lib/errors";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { useAction } from "@/ui/useAction";
import { CheckYourInbox } from "./CheckYourInbox";
import { useSession } from "./Providers";

/** Asks for the address, and tells nobody whether it has an account. */
export function ForgotPasswordForm({ returnTo }: { returnTo: ReturnTo }) {
  const { supabase } = useSession();
  const { run, busy, refusal } = useAction();
  const [asked, setAsked] = useState("");

  const ask = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const email = String(new FormData(event.currentTarget).get("email")).trim();
    void run(async () => {
      await dataOf(
        supabase.auth.resetPasswordForEmail(email, { redirectTo: recoverUrl(returnTo) }),
      );
      setAsked(email);
    });
  };

  if (asked) {
    return (
      <CheckYourInbox
        title="Check your inbox"
        returnTo={returnTo}
        back="Ask again or use another address"
        onBack={() => setAsked("")}
      >
        If <strong>{asked}</strong> has an account, we sent it an email with a link. Open it in this
        browser, then choose a new password. No email? Check your spam folder.
      </CheckYourInbox>
    );
  }
  return (
    <form className="card stack" onSubmit={ask}>
      <Field
        label="Email address"
        name="email"
        type="email"
        autoComplete="username"
        hint="A link to set a new password goes there."
        required
      />
      {refusal && <ProblemNotice problem={refusal} />}
      <Button type="submit" busy={busy} wide>
        Send the link
      </Button>
    </form>
  );
}
