"use client";

import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { jsonOf } from "@/lib/errors";
import { Address } from "@/ui/Address";
import { Button } from "@/ui/Button";
import { Notice } from "@/ui/Notice";
import { useToast } from "@/ui/Toast";
import { useAction } from "@/ui/useAction";
import { unsubscribesRead } from "./participations";

/** Tells someone who has unsubscribed, by the link in an email, that they have, and undoes it. */
export function Unsubscribed() {
  const { supabase, account } = useSignedIn();
  const { data, mutate } = useRead(unsubscribesRead(account.id));
  const { run, busy, refusal } = useAction();
  const toast = useToast();
  if (!data || data.recruiters === 0) return null;
  const undo = () =>
    run(async () => {
      await jsonOf(supabase.rpc("resubscribe"));
      await mutate({ recruiters: 0 }, { revalidate: false });
      toast("You’ll get recruiters’ emails again.");
    });
  return (
    <>
      <Notice
        title="You’ve unsubscribed from recruiters’ emails."
        actions={
          <Button variant="secondary" small busy={busy} onClick={undo}>
            Get emails again
          </Button>
        }
      >
        {data.recruiters === 1 ? "One recruiter’s" : `${data.recruiters} recruiters’`} invitations
        and reminders no longer come to <Address>{account.email}</Address>. The codes in them still
        work.
      </Notice>
      {refusal && <AccountProblem problem={refusal} onRetry={undo} busy={busy} />}
    </>
  );
}
