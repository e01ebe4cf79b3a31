"use client";

import { useId, useState } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { type Awaited, STILL, useFreshPage } from "@/features/account/useFresh";
import { dataOf, jsonOf } from "@/lib/errors";
import { count } from "@/lib/format";
import { Address } from "@/ui/Address";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Loaded } from "@/ui/Loaded";
import { NamedAddress } from "@/ui/NamedAddress";
import { dialogOnDemand } from "@/ui/onDemand";
import { Table } from "@/ui/Table";
import { Day } from "@/ui/Time";
import { useToast } from "@/ui/Toast";
import { useAction } from "@/ui/useAction";
import { useDialog } from "@/ui/useDialog";
import { useParams } from "@/ui/useParams";
import { Waiting } from "@/ui/Waiting";
import { type Interview, interviewReads, type Reviewer } from "../queries";
import styles from "./RecruiterInterviewPage.module.css";
import { type ReviewerOutcome, reviewerOutcomeTold } from "./reviewerOutcomes";
import { useChanges } from "./useChanges";

// With what reads lists and files of addresses.
const InviteReviewersDialog = dialogOnDemand(() => import("./InviteReviewersDialog"));

/** The colleagues who judge the candidates, too. */
export function ReviewersSection({ interview }: { interview: Interview }) {
  const { param } = useParams();
  const read = interviewReads(interview.id, param).reviewers;
  const answer = useRead(read, STILL);
  // Who joins is not invited again: a button goes.
  const fresh = useFreshPage(interview.id, [{ read }]);
  return (
    <Loaded answer={answer} of="the reviewers" shape="line">
      {(reviewers) => <ReviewerList interview={interview} reviewers={reviewers} fresh={fresh} />}
    </Loaded>
  );
}

interface ReviewerListProps {
  interview: Interview;
  reviewers: Reviewer[];
  fresh: Awaited;
}

function ReviewerList({ interview, reviewers, fresh }: ReviewerListProps) {
  const { supabase } = useSignedIn();
  const { reviewersChanged } = useChanges(interview.id);
  const { run, busy, refusal } = useAction();
  const [sending, setSending] = useState("");
  const toast = useToast();
  const heading = useId();
  const inviting = useDialog("invite-reviewers");
  const removing = useDialog("remove-reviewer");
  const removed = reviewers.find(({ id }) => id === removing.about);

  const sendAgain = ({ id, email }: Reviewer) => {
    setSending(id);
    return run(async () => {
      const [outcome] = await jsonOf<ReviewerOutcome[]>(
        supabase.rpc("invite_reviewers", { interview_id: interview.id, emails: [email] }),
      );
      void reviewersChanged();
      if (outcome) toast(`${email}: ${reviewerOutcomeTold(outcome).text}.`);
    });
  };
  const remove = async () => {
    if (!removed) return;
    await dataOf(supabase.from("interview_reviewers").delete().eq("id", removed.id));
    void reviewersChanged();
    toast("Reviewer removed.");
  };
  const columns = [
    {
      name: "Reviewer",
      cell: ({ email, reviewer_name }: Reviewer) => (
        <div className={styles.email}>
          <NamedAddress name={reviewer_name}>{email}</NamedAddress>
        </div>
      ),
    },
    {
      name: "Status",
      cell: ({ joined_at, invited_at }: Reviewer) => (
        <>
          <Badge tone={joined_at ? "good" : "warn"}>{joined_at ? "Joined" : "Invited"}</Badge>
          <div className="soft small">
            <Day at={joined_at ?? invited_at} />
          </div>
        </>
      ),
    },
    {
      name: "Action",
      narrow: true,
      cell: (row: Reviewer) => (
        <div className={styles.actions}>
          {!row.joined_at && (
            <Button
              variant="secondary"
              small
              aria-label={`Send again: ${row.email}`}
              busy={busy && sending === row.id}
              onClick={() => sendAgain(row)}
            >
              Send again
            </Button>
          )}
          <Button
            variant="secondary"
            small
            aria-label={`Remove ${row.email}`}
            aria-haspopup="dialog"
            onClick={() => removing.open(row.id)}
          >
            Remove
          </Button>
        </div>
      ),
    },
  ];
  return (
    <section className={styles.section} aria-labelledby={heading}>
      <div className={styles.head}>
        <h2 id={heading}>
          Reviewers <span className={styles.count}>{count(reviewers.length)}</span>
        </h2>
        <Button variant="secondary" onClick={() => inviting.open()}>
          Invite reviewers
        </Button>
      </div>
      <p className="soft">
        {reviewers.length === 0 && "No reviewers yet. "}
        Colleagues who watch the answers and write reviews. Nobody sees another’s review of a
        candidate before they have submitted their own.
      </p>
      {refusal && <AccountProblem problem={refusal} />}
      {reviewers.length > 0 && (
        <>
          <Waiting list={fresh} />
          <div className={`card ${styles.sheet}`}>
            <Table caption="Reviewers" columns={columns} rows={reviewers} rowKey={({ id }) => id} />
          </div>
        </>
      )}
      {inviting.about !== null && (
        <InviteReviewersDialog interview={interview} onClose={inviting.close} />
      )}
      {removed && (
        <ConfirmDialog
          title="Remove this reviewer?"
          action="Remove"
          danger
          onClose={removing.close}
          onConfirm={remove}
        >
          <Address>{removed.email}</Address>{" "}
          {removed.joined_at
            ? "loses access to this interview at once. The reviews they have submitted stay."
            : "won’t be able to join. If the email hasn’t been sent yet, it won’t be."}
        </ConfirmDialog>
      )}
    </section>
  );
}
