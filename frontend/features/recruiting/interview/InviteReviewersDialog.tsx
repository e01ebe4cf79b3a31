"use client";

import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { jsonOf, type Problem, problem } from "@/lib/errors";
import { Address } from "@/ui/Address";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Table } from "@/ui/Table";
import { useAction } from "@/ui/useAction";
import { AddressesField, addressesFault, peopleOf, withTyped } from "../AddressesField";
import { FaultNotice, useFaultFocus } from "../FaultNotice";
import type { DraftCandidate } from "../new-interview/draft";
import styles from "../OutcomeList.module.css";
import type { Interview } from "../queries";
import { SentNotice } from "../SentNotice";
import { isMailed, type ReviewerOutcome, reviewerOutcomeTold } from "./reviewerOutcomes";
import { useChanges } from "./useChanges";

interface InviteReviewersDialogProps {
  interview: Interview;
  onClose: () => void;
}

/** Asks colleagues to review an interview's candidates: their addresses, then the result. */
export default function InviteReviewersDialog(props: InviteReviewersDialogProps) {
  const { interview, onClose } = props;
  const { supabase } = useSignedIn();
  const { reviewersChanged } = useChanges(interview.id);
  const { run, busy, refusal } = useAction();
  const [addresses, setAddresses] = useState<DraftCandidate[]>([]);
  const [typed, setTyped] = useState("");
  const [fault, setFault] = useState<Problem | null>(null);
  const [done, setDone] = useState<ReviewerOutcome[] | null>(null);
  const body = useRef<HTMLFormElement>(null);
  const form = useId();
  const focusFirstFault = useFaultFocus();
  const unsaved = useRef(false);
  useEffect(() => {
    unsaved.current = addresses.length > 0 || typed.trim() !== "";
  }, [addresses, typed]);
  const cancel = () => {
    unsaved.current = false;
    onClose();
  };

  const send = (list: DraftCandidate[]) =>
    run(async () => {
      const { emails } = peopleOf(list);
      setDone(
        await jsonOf<ReviewerOutcome[]>(
          supabase.rpc("invite_reviewers", { interview_id: interview.id, emails }),
        ),
      );
      void reviewersChanged();
    });
  const onSubmit = (event?: FormEvent) => {
    event?.preventDefault();
    const list = withTyped(addresses, typed);
    setAddresses(list);
    setTyped("");
    const wrong = list.length ? addressesFault(list) : problem("no_emails");
    setFault(wrong);
    if (wrong) focusFirstFault(body.current);
    else void send(list);
  };
  if (done) return <Result outcomes={done} onClose={onClose} />;
  return (
    <Dialog
      title="Invite reviewers"
      wide
      keep
      onClose={onClose}
      unsaved={unsaved}
      actions={
        <>
          <Button variant="secondary" onClick={cancel}>
            Cancel
          </Button>
          <Button type="submit" form={form} busy={busy}>
            Invite
          </Button>
        </>
      }
    >
      <form id={form} ref={body} className="stack" onSubmit={onSubmit} noValidate>
        <p className="soft">
          Each gets an email, and signs in or up with the address it was sent to. They see the
          questions, criteria and candidates of this interview and what candidates have submitted,
          with transcripts, and write reviews. They see no candidates’ addresses or invitations, and
          not what you decide.
        </p>
        <AddressesField
          addresses={addresses}
          typed={typed}
          onChange={(changed) => {
            setFault(null);
            if (changed.addresses) setAddresses(changed.addresses);
            if (changed.typed !== undefined) setTyped(changed.typed);
          }}
        />
        {fault && <FaultNotice problem={fault} />}
        {refusal && <AccountProblem problem={refusal} onRetry={() => onSubmit()} busy={busy} />}
      </form>
    </Dialog>
  );
}

interface ResultProps {
  outcomes: ReviewerOutcome[];
  onClose: () => void;
}

function Result({ outcomes, onClose }: ResultProps) {
  const mails = outcomes.filter(isMailed).length;
  return (
    <Dialog
      title="Reviewers invited"
      wide
      onClose={onClose}
      actions={
        <Button onClick={onClose} data-autofocus>
          Done
        </Button>
      }
    >
      <div className="stack">
        <SentNotice mails={mails} />
        <Table
          caption="Result for each address"
          columns={[
            {
              name: "Address",
              cell: ({ email }: ReviewerOutcome) => <Address>{email}</Address>,
            },
            {
              name: "Result",
              cell: (row: ReviewerOutcome) => {
                const { tone, text } = reviewerOutcomeTold(row);
                return <span className={styles[tone]}>{text}</span>;
              },
            },
          ]}
          rows={outcomes}
          // A duplicate has the address of another.
          rowKey={(row) => `${outcomes.indexOf(row)}`}
        />
      </div>
    </Dialog>
  );
}
