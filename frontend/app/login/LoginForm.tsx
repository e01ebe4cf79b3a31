"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { ProblemNotice } from "@/components/Notice";
import { useSession } from "@/components/Providers";
import { type Problem, problemOf } from "@/lib/errors";

export function LoginForm({ destination, email }: { destination: string; email: string }) {
  const { supabase } = useSession();
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Problem | null>(null);

  const signIn = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setRefusal(null);
    const { error } = await supabase.auth.signInWithPassword({
      email: String(form.get("email")).trim(),
      password: String(form.get("password")),
    });
    if (error) {
      setRefusal(problemOf(error));
      setBusy(false);
    } else {
      router.replace(destination);
    }
  };

  return (
    <form className="card stack" onSubmit={signIn}>
      <Field
        label="Email address"
        name="email"
        type="email"
        autoComplete="username"
        defaultValue={email}
        required
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
      />
      {refusal && <ProblemNotice problem={refusal} />}
      <Button type="submit" busy={busy} wide>
        Sign in
      </Button>
    </form>
  );
}
