"use client";

import { type FormEvent, useState } from "react";
import type { ReturnTo } from "@/lib/auth";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { ResendConfirmation } from "./ResendConfirmation";

/** For people whose link has expired; it does not say which address it was for. */
export function AskAgain({ returnTo }: { returnTo: ReturnTo }) {
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
