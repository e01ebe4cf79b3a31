"use client";

import { useState } from "react";
import { type ReturnTo, resendConfirmation } from "@/lib/auth";
import { Button } from "@/ui/Button";
import { Notice } from "@/ui/Notice";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { useAction } from "@/ui/useAction";
import { useSession } from "./Providers";

/** Sends the confirmation email again, and says whether it was sent. */
export function ResendConfirmation({ email, returnTo }: { email: string; returnTo: ReturnTo }) {
  const { supabase } = useSession();
  const { run, busy, refusal } = useAction();
  const [sent, setSent] = useState(false);

  const send = () =>
    run(async () => {
      setSent(false);
      await resendConfirmation(supabase, email, returnTo);
      setSent(true);
    });

  return (
    <div className="stack">
      <div>
        <Button variant="secondary" busy={busy} onClick={send}>
          Send the confirmation email again
        </Button>
      </div>
      {refusal && <ProblemNotice problem={refusal} />}
      {sent && (
        <Notice tone="good" title="Sent again.">
          Check the inbox and spam folder of {email}.
        </Notice>
      )}
    </div>
  );
}
