"use client";

import { useId, useState } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { jsonOf } from "@/lib/errors";
import { count } from "@/lib/format";
import { answeredOf } from "@/lib/responses";
import { Button, ButtonLink } from "@/ui/Button";
import { Loaded } from "@/ui/Loaded";
import { NamedAddress } from "@/ui/NamedAddress";
import { PageLink } from "@/ui/PageLink";
import { Moment } from "@/ui/Time";
import { useToast } from "@/ui/Toast";
import { useAction } from "@/ui/useAction";
import { useParams } from "@/ui/useParams";
import { outcomeSentence } from "../InviteResults";
import { PagedTable } from "../PagedTable";
import { interviewReads, type Outcome, type Overview, type Participant } from "../queries";
import { ParticipantBadge } from "../StatusBadges";
import styles from "./RecruiterInterviewPage.module.css";
import { useChanges } from "./useChanges";

/** Whether they have withdrawn, and can be invited again. */
const isInvitable = (
  row: Participant,
): row is Participant & { invite: NonNullable<Participant["invite"]> } =>
  row.status === "withdrawn" && row.invite !== null;

/** Who has joined, how far they are, and who has submitted. */
export function ParticipantsSection({ interview, stats }: Overview) {
  const { supabase, account } = useSignedIn();
  const { param, push } = useParams();
  const reads = interviewReads(interview.id, account.id, param);
  const answer = useRead(reads.participants);
  const questions = useRead(reads.questions).data ?? [];
  const [first] = questions;
  const { invitesChanged } = useChanges(interview.id);
  const { run, busy, refusal } = useAction();
  const [inviting, setInviting] = useState("");
  const toast = useToast();
  const heading = useId();

  const inviteAgain = (participant: Participant, email: string) => {
    setInviting(participant.id);
    return run(async () => {
      const [outcome] = await jsonOf<Outcome[]>(
        supabase.rpc("create_invites", { interview_id: interview.id, emails: [email] }),
      );
      invitesChanged();
      if (outcome) toast(outcomeSentence(outcome));
    });
  };
  const columns = [
    {
      name: "Candidate",
      cell: ({ id, invite }: Participant) => (
        <PageLink href={`/recruiters/${interview.id}/candidates/${id}`} className={styles.email}>
          {invite ? (
            <NamedAddress name={invite.candidate_name}>{invite.email}</NamedAddress>
          ) : (
            "Unknown address"
          )}
        </PageLink>
      ),
    },
    { name: "Status", cell: (row: Participant) => <ParticipantBadge participant={row} /> },
    {
      name: "Answered",
      number: true,
      cell: ({ answered }: Participant) => answeredOf(answered, questions.length),
    },
    { name: "Joined", cell: ({ joined_at }: Participant) => <Moment at={joined_at} /> },
    {
      name: "Submitted",
      cell: ({ completed_at }: Participant) => (completed_at ? <Moment at={completed_at} /> : "–"),
    },
  ];
  const action = {
    name: "Action",
    narrow: true,
    cell: (row: Participant) =>
      isInvitable(row) && (
        <Button
          variant="secondary"
          small
          aria-label={`Invite again: ${row.invite.email}`}
          busy={busy && inviting === row.id}
          onClick={() => inviteAgain(row, row.invite.email)}
        >
          Invite again
        </Button>
      ),
  };
  return (
    <section className={styles.section} aria-labelledby={heading}>
      <div className={styles.head}>
        <h2 id={heading}>
          Participants <span className={styles.count}>{count(stats.joined)}</span>
        </h2>
        {first && stats.completed !== 0 && (
          <ButtonLink
            variant="secondary"
            href={`/recruiters/${interview.id}/compare?question=${first.id}`}
          >
            Compare answers
          </ButtonLink>
        )}
      </div>
      {refusal && <AccountProblem problem={refusal} />}
      <Loaded
        answer={answer}
        of="the participants"
        shape="line"
        count={2}
        isEmpty={({ rows }) => rows.length === 0}
        empty={<p className="soft">Nobody has joined yet.</p>}
      >
        {(page) => (
          <PagedTable
            caption="Participants"
            columns={page.rows.some(isInvitable) ? [...columns, action] : columns}
            page={page}
            busy={answer.isLoading}
            onGo={({ after, before }) => push({ "joined-after": after, "joined-before": before })}
          />
        )}
      </Loaded>
    </section>
  );
}
