"use client";

import { type ReactNode, useState } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { isAddress, normalized } from "@/lib/addresses";
import { dataOf, jsonOf, refuse } from "@/lib/errors";
import { Address } from "@/ui/Address";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Dialog } from "@/ui/Dialog";
import { Field } from "@/ui/Field";
import { Moment } from "@/ui/Time";
import { useToast } from "@/ui/Toast";
import { useAction } from "@/ui/useAction";
import { CodeChip } from "../CodeChip";
import { FormWindow } from "../FormWindow";
import { outcomeSentence } from "../InviteResults";
import { type Invite, isExpired, isPending, type Outcome } from "../queries";
import { InviteState, MailState } from "../StatusBadges";
import styles from "./RecruiterInterviewPage.module.css";
import { useChanges } from "./useChanges";

interface ManageInviteDialogProps {
  invite: Invite;
  /** Whether the candidate has requested a new code. */
  asking: boolean;
  onClose: () => void;
}

/** One invitation, and the actions on it. */
export function ManageInviteDialog({ invite, asking, onClose }: ManageInviteDialogProps) {
  const { supabase } = useSignedIn();
  const toast = useToast();
  const { run, busy, refusal } = useAction();
  const [asked, setAsked] = useState<"correct" | "revoke" | "delete" | null>(null);
  const { id, email } = invite;
  const pending = isPending(invite);
  const expired = isExpired(invite);
  const back = () => setAsked(null);
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
  const correct = async (address: string) => {
    const result = await jsonOf<Outcome>(
      supabase.rpc("correct_invite", { invite_id: id, email: address }),
    );
    const { email, outcome, invite_code } = result;
    invitesChanged(changed({ email, invite_code: invite_code ?? invite.invite_code }));
    if (outcome === "corrected") toast(`A new code is on its way to ${email}.`);
    else if (outcome === "unchanged") toast("That is the current address.");
    else toast(outcomeSentence(result));
  };
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

  if (asked === "correct") return <CorrectWindow {...{ invite, onClose: back }} onSave={correct} />;
  if (asked === "revoke") {
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
              <InviteAction name="Correct the address" onClick={() => setAsked("correct")}>
                Emails a new code to the right address. The old code stops working.
              </InviteAction>
            )}
            {pending && (
              <InviteAction name="Revoke" onClick={() => setAsked("revoke")}>
                The code stops working. The invitation stays in the list, as revoked.
              </InviteAction>
            )}
            <InviteAction name="Delete" onClick={() => setAsked("delete")}>
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

interface CorrectWindowProps {
  invite: Invite;
  onClose: () => void;
  onSave: (email: string) => Promise<void>;
}

function CorrectWindow({ invite, onClose, onSave }: CorrectWindowProps) {
  const [email, setEmail] = useState(invite.email);
  const fault = faultOf(email, invite.email);
  return (
    <FormWindow
      title="Correct the address"
      faulty={Boolean(fault)}
      onClose={onClose}
      onSave={() => onSave(email)}
    >
      {(checked) => (
        <>
          <p>
            We’ll email a new code to the right address. The code that was sent to{" "}
            <strong>
              <Address>{invite.email}</Address>
            </strong>{" "}
            stops working.
          </p>
          <Field
            label="Email address"
            type="email"
            value={email}
            error={checked && fault}
            onChange={(event) => setEmail(event.target.value)}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
          />
        </>
      )}
    </FormWindow>
  );
}

function faultOf(email: string, old: string): string {
  if (!isAddress(normalized(email))) return "Enter a valid email address.";
  return normalized(email) === old ? "That is the current address." : "";
}
