"use client";

import { type FormEvent, useEffect, useRef, useState } from "react";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { ProblemNotice } from "@/components/Notice";
import { useSession } from "@/components/Providers";
import { type Errand, recoverUrl } from "@/lib/auth";
import { must } from "@/lib/errors";
import { useAction } from "@/lib/useAction";

/** Asks for the address, and tells nobody whether it has an account. */
export function ForgotForm({ errand }: { errand: Errand }) {
  const { supabase } = useSession();
  const { run, busy, refusal } = useAction();
  const [asked, setAsked] = useState("");

  const ask = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const email = String(new FormData(event.currentTarget).get("email")).trim();
    void run(async () => {
      await must(supabase.auth.resetPasswordForEmail(email, { redirectTo: recoverUrl(errand) }));
      setAsked(email);
    });
  };

  if (asked) return <Asked of={asked} errand={errand} onBack={() => setAsked("")} />;
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

interface AskedProps {
  of: string;
  errand: Errand;
  onBack: () => void;
}

function Asked({ of, errand, onBack }: AskedProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="card stack">
      <h2 ref={heading} tabIndex={-1}>
        Look into your mailbox
      </h2>
      <p>
        If there is an account with the address <strong>{of}</strong>, a mail with a link is on its
        way. Open the link in this browser, then choose a new password. The spam folder may have it,
        too.
      </p>
      {errand.code && <p>Your interview code comes along.</p>}
      <div>
        <Button variant="quiet" onClick={onBack}>
          Ask again, or for another address
        </Button>
      </div>
    </section>
  );
}
