"use client";

import { type FormEvent, useRef } from "react";
import { destinationOf, endOtherSessions, type ReturnTo } from "@/lib/auth";
import { dataOf } from "@/lib/errors";
import { Button, ButtonLink } from "@/ui/Button";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { useToast } from "@/ui/Toast";
import { useAction } from "@/ui/useAction";
import { useGo } from "@/ui/useGo";
import { forgetConfirmation } from "./confirmedElsewhere";
import { NewPasswordField } from "./NewPasswordField";
import { useSignedIn } from "./Providers";

/** Sets the password of the signed-in account, and ends its sessions everywhere else. */
export function NewPasswordForm({ returnTo }: { returnTo: ReturnTo }) {
  const { supabase, account } = useSignedIn();
  const { go, going } = useGo();
  const toast = useToast();
  const { run, busy, refusal } = useAction();
  // Set only once, even when ending the other sessions has failed: Auth refuses the same password.
  const current = useRef("");

  const change = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get("password"));
    void run(async () => {
      if (current.current !== password) await dataOf(supabase.auth.updateUser({ password }));
      current.current = password;
      await endOtherSessions(supabase);
      forgetConfirmation();
      toast("Your new password is set. You are signed out on all other devices.");
      go(destinationOf(returnTo));
    });
  };

  return (
    <form className="card stack" onSubmit={change}>
      <p>
        For <strong>{account.email}</strong>. You will be signed out on all other devices.
      </p>
      {/* For password managers, which would not know whose it is. */}
      <input hidden readOnly name="email" autoComplete="username" value={account.email} />
      <NewPasswordField label="New password" />
      {refusal && <ProblemNotice problem={refusal} />}
      <Button type="submit" busy={busy || going} wide>
        Set the password
      </Button>
      <div>
        <ButtonLink href={destinationOf(returnTo)} variant="quiet">
          Not now
        </ButtonLink>
      </div>
    </form>
  );
}
