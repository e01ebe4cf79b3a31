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
        title="Look into your mailbox"
        returnTo={returnTo}
        back="Ask again, or for another address"
        onBack={() => setAsked("")}
      >
        If there is an account with the address <strong>{asked}</strong>, a mail with a link is on
        its way. Open the link in this browser, then choose a new password. The spam folder may have
        it, too.
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
