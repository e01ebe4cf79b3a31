"use client";

import type { ReactNode } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { jsonOf, refuse } from "@/lib/errors";
import { Address } from "@/ui/Address";
import { Button } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Dialog } from "@/ui/Dialog";
import { Moment } from "@/ui/Time";
import { useToast } from "@/ui/Toast";
import { useAction } from "@/ui/useAction";
import { CodeChip } from "../CodeChip";
import { outcomeSentence } from "../InviteResults";
import { useChanges } from "../interview/useChanges";
import type { Outcome } from "../queries";
import BulkDialog from "./BulkDialog";
import { type Action, changeSentence, hasEffect, useChangeCandidates } from "./bulk";
import { CorrectWindow } from "./CorrectWindow";
import styles from "./ManageDialog.module.css";
import { MailState, PersonBadge } from "./PersonState";
import { isOver, isWaiting, type Person } from "./reads";

interface ManageDialogProps {
  person: Person;
  /** The action that is asked about. */
  asked: string | undefined;
  onAsk: (action: "correct" | "extend" | "revoke" | "delete") => void;
  onBack: () => void;
  onClose: () => void;
  /** Leads away from where they were shown. */
  onDeleted?: () => void;
}

/** One person's invitation, and the actions on it. */
export default function ManageDialog(props: ManageDialogProps) {
  const { person, asked, onBack: back, onClose, onDeleted } = props;
  const { id, interview_id, invite_id, invite_code } = person;
  const email = person.email ?? "";
  const waiting = isWaiting(person);
  const toast = useToast();
  const change = useChangeCandidates(interview_id);
  const { candidatesChanged } = useChanges(interview_id);
  const changed = (changes: Partial<Person>) => (people: Person[]) =>
    people.map((one) => (one.id === id ? { ...one, ...changes } : one));

  /** What can only be done to somebody who has not joined in the meantime. */
  const changeUnused = async (action: Action) => {
    const [result] = await change([id], action);
    if (!result || !hasEffect(action, result.outcome)) refuse("invite_not_pending");
  };
  const revoke = async () => {
    await changeUnused("revoke");
    const now = new Date().toISOString();
    candidatesChanged(changed({ state: "revoked", invite_status: "expired", revoked_at: now }));
    toast(`Revoked: the code of ${email} no longer works.`);
  };
  const remove = async () => {
    await changeUnused("delete");
    candidatesChanged((people) => people.filter((one) => one.id !== id));
    toast(`Deleted the invitation to ${email}.`);
    onDeleted?.();
    return !onDeleted;
  };

  if (asked === "correct" && waiting && invite_id) {
    return (
      <CorrectWindow
        inviteId={invite_id}
        addressed={{ email, invite_code: invite_code ?? "" }}
        onClose={back}
        onChange={(now) => candidatesChanged(changed(now))}
      />
    );
  }
  if (asked === "extend" && waiting) {
    return (
      <BulkDialog
        interviewId={interview_id}
        action="extend"
        chosen={[id]}
        onClose={back}
        onDone={() => {}}
      />
    );
  }
  if (asked === "revoke" && waiting) {
    return (
      <ConfirmDialog
        title="Revoke this invitation?"
        action="Revoke"
        danger
        onClose={back}
        onConfirm={revoke}
      >
        The code {invite_code} of <Address>{email}</Address> stops working immediately. You can
        invite them again later, with a new code.
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
        {waiting && ", and the code stops working"}. You can’t undo this.
      </ConfirmDialog>
    );
  }
  return (
    <Dialog title={<Address>{email}</Address>} onClose={onClose}>
      <div className="stack">
        <Facts person={person} />
        <Actions {...props} />
      </div>
    </Dialog>
  );
}

function Facts({ person }: { person: Person }) {
  const { candidate_name, email, invite_code, invited_at, reminded_at, expires_at } = person;
  return (
    <dl className={styles.pairs}>
      {candidate_name && (
        <Pair name="Name">
          <bdi>{candidate_name}</bdi>
        </Pair>
      )}
      <Pair name="Status">
        <PersonBadge person={person} />
      </Pair>
      {isWaiting(person) && (
        <Pair name="Code">
          <CodeChip code={invite_code ?? ""} email={email ?? ""} />
        </Pair>
      )}
      <Pair name="Email">
        <MailState person={person} />
      </Pair>
      <Pair name="Invited">
        <Moment at={invited_at} />
      </Pair>
      {reminded_at && (
        <Pair name="Reminded">
          <Moment at={reminded_at} />
        </Pair>
      )}
      {isWaiting(person) && expires_at && (
        <Pair name="Valid until">
          <Moment at={expires_at} />
        </Pair>
      )}
    </dl>
  );
}

/** What can be done, for what is known of them. */
function Actions({ person, onAsk, onClose }: ManageDialogProps) {
  const { id, interview_id, state, participant_status, renewal_requested_at } = person;
  const { supabase } = useSignedIn();
  const toast = useToast();
  const { run, busy, refusal } = useAction();
  const change = useChangeCandidates(interview_id);
  const { candidatesChanged } = useChanges(interview_id);
  const waiting = isWaiting(person);
  const over = isOver(person);
  const withdrawn = state === "withdrawn" && person.email !== null;

  const now = (action: Action) =>
    run(async () => {
      const [result] = await change([id], action);
      candidatesChanged();
      onClose();
      if (result) toast(changeSentence(action, result));
    });
  // Of their own will they left: they are invited as others are.
  const inviteAgain = () =>
    run(async () => {
      const [outcome] = await jsonOf<Outcome[]>(
        supabase.rpc("create_invites", { interview_id, emails: [person.email ?? ""] }),
      );
      candidatesChanged();
      onClose();
      if (outcome) toast(outcomeSentence(outcome));
    });
  return (
    <>
      {refusal && <AccountProblem problem={refusal} busy={busy} />}
      {!waiting && !over && (
        <p className="soft">
          The code was used, so this invitation can’t be changed. To stop everyone from continuing,
          complete the interview.
        </p>
      )}
      <ul className={styles.actions}>
        {withdrawn && (
          <OneAction name="Invite again" busy={busy} onClick={inviteAgain}>
            Emails a new code.
          </OneAction>
        )}
        {(waiting || over) && (
          <OneAction
            name={over ? "Invite again" : "Send again"}
            primary={renewal_requested_at !== null}
            busy={busy}
            onClick={() => now("resend")}
          >
            {over ? "Emails a new code." : "Emails the same code, valid for another 30 days."}
          </OneAction>
        )}
        {(waiting || participant_status === "active") && (
          <OneAction name="Remind now" busy={busy} onClick={() => now("remind")}>
            Emails a reminder, at most one a day.
          </OneAction>
        )}
        {waiting && (
          <>
            <OneAction name="Extend" onClick={() => onAsk("extend")}>
              The same code works for longer. No email is sent.
            </OneAction>
            <OneAction name="Correct the address" onClick={() => onAsk("correct")}>
              Emails a new code to the right address. The old code stops working.
            </OneAction>
            <OneAction name="Revoke" onClick={() => onAsk("revoke")}>
              The code stops working. The invitation stays in the list, as revoked.
            </OneAction>
          </>
        )}
        {(waiting || over) && (
          <OneAction name="Delete" onClick={() => onAsk("delete")}>
            {waiting
              ? "The code stops working, and the invitation disappears from the list."
              : "The invitation disappears from the list."}
          </OneAction>
        )}
      </ul>
    </>
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

interface OneActionProps {
  name: string;
  primary?: boolean;
  busy?: boolean;
  onClick: () => void;
  children: ReactNode;
}

function OneAction({ name, primary, busy, onClick, children }: OneActionProps) {
  return (
    <li>
      <p className="soft small">{children}</p>
      <Button variant={primary ? "primary" : "secondary"} busy={busy ?? false} onClick={onClick}>
        {name}
      </Button>
    </li>
  );
}
