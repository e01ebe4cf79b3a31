"use client";

import { type FormEvent, useState } from "react";
import { destinationOf, type ReturnTo } from "@/lib/auth";
import { dataOf } from "@/lib/errors";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { useAction } from "@/ui/useAction";
import { useGo } from "@/ui/useGo";
import { useSession } from "./Providers";
import { ResendConfirmation } from "./ResendConfirmation";

export function LoginForm({ returnTo }: { returnTo: ReturnTo }) {
  const { supabase } = useSession();
  const { go, going } = useGo();
  const { run, busy, refusal } = useAction();
  const [tried, setTried] = useState("");

  const signIn = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const email = String(form.get("email")).trim();
    const password = String(form.get("password"));
    void run(async () => {
      setTried(email);
      await dataOf(supabase.auth.signInWithPassword({ email, password }));
      go(destinationOf(returnTo));
    });
  };

  return (
    <form className="card stack" onSubmit={signIn}>
      <Field label="Email address" name="email" type="email" autoComplete="username" required />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
      />
      {refusal && <ProblemNotice problem={refusal} />}
      {refusal?.slug === "email_not_confirmed" && (
        <ResendConfirmation email={tried} returnTo={returnTo} />
      )}
      <Button type="submit" busy={busy || going} wide>
        Sign in
      </Button>
    </form>
  );
}
