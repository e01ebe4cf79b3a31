"use client";

import { useId, useState } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { jsonOf, problemOf } from "@/lib/errors";
import { count } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Pager } from "@/ui/Pager";
import { Skeleton } from "@/ui/Skeleton";
import { Table } from "@/ui/Table";
import { Moment } from "@/ui/Time";
import { useToast } from "@/ui/Toast";
import { useAction } from "@/ui/useAction";
import { outcomeSentence } from "../InviteResults";
import {
  type Interview,
  type Outcome,
  PARTICIPANT_PAGE,
  type Participant,
  useParticipants,
} from "../queries";
import { ParticipantBadge } from "../StatusBadges";
import styles from "./RecruiterInterviewPage.module.css";

interface ParticipantsSectionProps {
  interview: Interview;
  onChanged: () => Promise<unknown>;
}

/** Who has joined, and how far they are. */
export function ParticipantsSection({ interview, onChanged }: ParticipantsSectionProps) {
  const { supabase } = useSignedIn();
  const [page, setPage] = useState(0);
  const { data, error, isValidating, mutate } = useParticipants(interview.id, page);
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
      await onChanged();
      if (outcome) toast(outcomeSentence(outcome));
    });
  };
  const columns = [
    {
      name: "Candidate",
      cell: ({ invite }: Participant) => (
        <div className={styles.email}>{invite?.email ?? "Address not known"}</div>
      ),
    },
    { name: "State", cell: (row: Participant) => <ParticipantBadge participant={row} /> },
    { name: "Joined", cell: ({ joined_at }: Participant) => <Moment at={joined_at} /> },
    {
      name: "Completed",
      cell: ({ completed_at }: Participant) => (completed_at ? <Moment at={completed_at} /> : "–"),
    },
    {
      name: "Action",
      cell: (row: Participant) =>
        row.status === "withdrawn" && row.invite ? (
          <Button
            variant="secondary"
            small
            aria-label={`Invite ${row.invite.email} again`}
            busy={busy && inviting === row.id}
            onClick={() => inviteAgain(row, row.invite?.email ?? "")}
          >
            Invite again
          </Button>
        ) : (
          "–"
        ),
    },
  ];
  return (
    <section className={styles.section} aria-labelledby={heading}>
      <h2 id={heading}>
        Participants <span className={styles.count}>{data && count(data.total)}</span>
      </h2>
      {error && (
        <AccountProblem problem={problemOf(error)} onRetry={() => mutate()} busy={isValidating} />
      )}
      {refusal && <AccountProblem problem={refusal} />}
      {!data && !error && <Skeleton of="the participants" shape="line" count={2} />}
      {data?.total === 0 && <p className="soft">Nobody has joined yet.</p>}
      {data && data.rows.length > 0 && (
        <div className={`card ${styles.sheet}`}>
          <Table
            caption="Participants"
            columns={columns}
            rows={data.rows}
            rowKey={({ id }) => id}
          />
        </div>
      )}
      {data && (
        <Pager
          of="participants"
          page={page}
          size={PARTICIPANT_PAGE}
          total={data.total}
          onPage={setPage}
        />
      )}
    </section>
  );
}
