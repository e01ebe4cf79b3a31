"use client";

import type { ReactNode } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { dataOf, jsonOf, refuse } from "@/lib/errors";
import { Address } from "@/ui/Address";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Dialog } from "@/ui/Dialog";
import { Moment } from "@/ui/Time";
import { useToast } from "@/ui/Toast";
import { useAction } from "@/ui/useAction";
import { CodeChip } from "../CodeChip";
import { outcomeSentence } from "../InviteResults";
import { type Invite, isExpired, isPending, type Outcome } from "../queries";
import { InviteState, MailState } from "../StatusBadges";
import { CorrectWindow } from "./CorrectWindow";
import styles from "./RecruiterInterviewPage.module.css";
import { useChanges } from "./useChanges";

interface ManageInviteDialogProps {
  invite: Invite;
  /** Whether the candidate has requested a new code. */
  asking: boolean;
  /** The action that is asked about. */
  asked: string | undefined;
  onAsk: (action: "correct" | "revoke" | "delete") => void;
  onBack: () => void;
  onClose: () => void;
}

/** One invitation, and the actions on it. */
export function ManageInviteDialog(props: ManageInviteDialogProps) {
  const { invite, asking, asked, onAsk, onBack: back, onClose } = props;
  const { supabase } = useSignedIn();
  const toast = useToast();
  const { run, busy, refusal } = useAction();
  const { id, email } = invite;
  const pending = isPending(invite);
  const expired = isExpired(invite);
  const { invitesChanged } = useChanges(invite.interview_id);
  const changed = (change: Partial<Invite>) => (invites: Invite[]) =>
    invites.map((one) => (one.id === id ? { ...one, ...change } : one));

  const resend = () =>
    run(async () => {
      const outcome = await jsonOf<Outcome>(supabase.rpc("resend_invite", { invite_id: id }));
      invitesChanged();
      onClose();
      toast(outcomeSentence(outcome));
    });
  const revoke = async () => {
    await dataOf(supabase.rpc("revoke_invite", { invite_id: id }));
    invitesChanged(changed({ status: "expired", revoked_at: new Date().toISOString() }));
    toast(`Revoked: the code of ${email} no longer works.`);
  };
  const remove = async () => {
    const rows = await dataOf(
      supabase.from("interview_invites").delete().eq("id", id).select("id"),
    );
    // It was used in the meantime, or is gone already.
    if (rows.length === 0) refuse("invite_not_pending");
    invitesChanged((invites) => invites.filter((one) => one.id !== id));
    toast(`Deleted the invitation to ${email}.`);
  };

  if (asked === "correct" && pending) {
    return (
      <CorrectWindow
        invite={invite}
        onClose={back}
        onChange={(now) => invitesChanged(changed(now))}
      />
    );
  }
  if (asked === "revoke" && pending) {
    return (
      <ConfirmDialog
        title="Revoke this invitation?"
        action="Revoke"
        danger
        onClose={back}
        onConfirm={revoke}
      >
        The code {invite.invite_code} of <Address>{email}</Address> stops working immediately. You
        can invite them again later, with a new code.
      </ConfirmDialog>
    );
  }
  if (asked === "delete") {
    return (
      <ConfirmDialog
        title="Delete this invitation?"
        action="Delete"
        danger
        onClose={back}
        onConfirm={remove}
      >
        <Address>{email}</Address> disappears from the list
        {pending && ", and the code stops working"}. You can’t undo this.
      </ConfirmDialog>
    );
  }
  return (
    <Dialog title={<Address>{email}</Address>} onClose={onClose}>
      <div className="stack">
        <dl className={styles.pairs}>
          {invite.candidate_name && (
            <Pair name="Name">
              <bdi>{invite.candidate_name}</bdi>
            </Pair>
          )}
          <Pair name="Status">
            <InviteState invite={invite} />
            {asking && <Badge tone="warn">Requested a new code</Badge>}
          </Pair>
          {pending && (
            <Pair name="Code">
              <CodeChip code={invite.invite_code} email={email} />
            </Pair>
          )}
          <Pair name="Email">
            <MailState invite={invite} />
          </Pair>
          <Pair name="Invited">
            <Moment at={invite.created_at} />, signed by <bdi>{invite.recruiter_name}</bdi>
          </Pair>
        </dl>
        {refusal && <AccountProblem problem={refusal} onRetry={resend} busy={busy} />}
        {!pending && !expired && (
          <p className="soft">
            The code was used, so this invitation can’t be changed. To stop everyone from
            continuing, complete the interview.
          </p>
        )}
        {(pending || expired) && (
          <ul className={styles.inviteActions}>
            <InviteAction
              name={expired ? "Invite again" : "Send again"}
              primary={asking}
              busy={busy}
              onClick={resend}
            >
              {expired ? "Emails a new code." : "Emails the same code, valid for another 30 days."}
            </InviteAction>
            {pending && (
              <InviteAction name="Correct the address" onClick={() => onAsk("correct")}>
                Emails a new code to the right address. The old code stops working.
              </InviteAction>
            )}
            {pending && (
              <InviteAction name="Revoke" onClick={() => onAsk("revoke")}>
                The code stops working. The invitation stays in the list, as revoked.
              </InviteAction>
            )}
            <InviteAction name="Delete" onClick={() => onAsk("delete")}>
              {pending
                ? "The code stops working, and the invitation disappears from the list."
                : "The invitation disappears from the list."}
            </InviteAction>
          </ul>
        )}
      </div>
    </Dialog>
  );
}

function Pair({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

interface InviteActionProps {
  name: string;
  primary?: boolean;
  busy?: boolean;
  onClick: () => void;
  children: ReactNode;
}

function InviteAction({ name, primary, busy, onClick, children }: InviteActionProps) {
  return (
    <li>
      <p className="soft small">{children}</p>
      <Button
        variant={primary ? "primary" : "secondary"}
        small
        busy={busy ?? false}
        onClick={onClick}
      >
        {name}
      </Button>
    </li>
  );
}
