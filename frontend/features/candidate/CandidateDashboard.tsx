"use client";

import { useEffect, useState } from "react";
import { ConfirmedElsewhere } from "@/features/account/ConfirmedElsewhere";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { unsentInterviews } from "@/features/account/unsent";
import { interviewCode } from "@/lib/code";
import { DASHBOARD } from "@/lib/navigation";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { CardLink } from "@/ui/CardLink";
import { EmptyState } from "@/ui/EmptyState";
import { Loaded } from "@/ui/Loaded";
import { Quoted } from "@/ui/Quoted";
import { Day, Moment } from "@/ui/Time";
import { useToast } from "@/ui/Toast";
import { useDialog } from "@/ui/useDialog";
import { AddInterviewModal } from "./AddInterviewModal";
import styles from "./CandidateDashboard.module.css";
import { type Participation, participationsRead } from "./participations";
import { Unsubscribed } from "./Unsubscribed";

const SECTIONS = [
  { status: "active", title: "Active" },
  { status: "completed", title: "Completed" },
  { status: "withdrawn", title: "Withdrawn" },
];

/** A candidate's interviews. With a code, the dialog that adds one is open from the start. */
export function CandidateDashboard() {
  const { account } = useSignedIn();
  const answer = useRead(participationsRead(account.id));
  const { about, open, close } = useDialog("code");
  const code = interviewCode(about);
  const toast = useToast();
  const unsent = useUnsent(account.id);

  return (
    <div className="stack">
      <div className="row between">
        <h1>My interviews</h1>
        <Button onClick={() => open()}>Add Interview</Button>
      </div>
      <ConfirmedElsewhere here={DASHBOARD} />
      <Unsubscribed />
      <Loaded
        answer={answer}
        of="your interviews"
        isEmpty={(rows) => rows.length === 0}
        empty={
          <EmptyState title="No interviews yet">
            Your invitation email has a six-digit code. Choose “Add Interview” and enter it.
          </EmptyState>
        }
      >
        {(rows) =>
          SECTIONS.map(({ status, title }) => (
            <Section
              key={status}
              title={title}
              rows={rows.filter((row) => row.status === status)}
              unsent={unsent}
            />
          ))
        }
      </Loaded>
      {(about === "" || code) && (
        <AddInterviewModal
          initialCode={code}
          onClose={close}
          onAdded={({ title, status }) => {
            close();
            toast(
              <>
                {status === "completed" ? "You already finished" : "You joined"}{" "}
                <Quoted>{title}</Quoted>.
              </>,
            );
            void answer.mutate();
          }}
        />
      )}
    </div>
  );
}

/** The interviews with recordings that wait on this device. */
function useUnsent(accountId: string): string[] {
  const [unsent, setUnsent] = useState<string[]>([]);
  useEffect(() => {
    let over = false;
    void unsentInterviews(accountId).then((ids) => over || setUnsent(ids));
    return () => {
      over = true;
    };
  }, [accountId]);
  return unsent;
}

interface SectionProps {
  title: string;
  rows: Participation[];
  unsent: string[];
}

function Section({ title, rows, unsent }: SectionProps) {
  if (rows.length === 0) return null;
  return (
    <section className={styles.section} aria-labelledby={`section-${title}`}>
      <h2 id={`section-${title}`} className={styles.heading}>
        {title} <span className={styles.count}>{rows.length}</span>
      </h2>
      <ul className={styles.list}>
        {rows.map((row) => (
          <Card key={row.id} row={row} unsent={unsent.includes(row.interview.id)} />
        ))}
      </ul>
    </section>
  );
}

function Card({ row, unsent }: { row: Participation; unsent: boolean }) {
  const { id, title, description } = row.interview;
  const withdrawn = row.status === "withdrawn";
  return (
    <li className={`card ${styles.card}`}>
      <h3 className={styles.title} dir="auto">
        {withdrawn ? title : <CardLink href={`/candidates/interviews/${id}`}>{title}</CardLink>}
      </h3>
      {description && (
        <p className={styles.description} dir="auto">
          {description}
        </p>
      )}
      <p className={styles.foot}>
        <State row={row} />
        {unsent && row.status === "active" && (
          <Badge tone="warn">Open it to send your recording</Badge>
        )}
      </p>
    </li>
  );
}

function State({
  row: { status, interview, phase, completed_at, joined_at, answered },
}: {
  row: Participation;
}) {
  if (status === "completed") {
    return (
      <>
        <Badge tone="good">Completed</Badge>
        {completed_at && <Day at={completed_at} />}
      </>
    );
  }
  if (status === "withdrawn") {
    return (
      <>
        <Badge>Withdrawn</Badge>
        <span>You need a new invitation to rejoin.</span>
      </>
    );
  }
  if (phase === "late" && answered > 0) {
    return (
      <>
        <Badge tone="warn">Deadline passed</Badge>
        <span>You can still submit your answers.</span>
      </>
    );
  }
  if (phase === "over") {
    return (
      <>
        <Badge tone="warn">Closed</Badge>
        <span>You can no longer finish it.</span>
      </>
    );
  }
  return (
    <>
      <Badge tone="accent">Active</Badge>
      <span>
        {interview.deadline ? (
          <>
            Until <Moment at={interview.deadline} />
          </>
        ) : (
          <>
            Joined <Day at={joined_at} />
          </>
        )}
      </span>
    </>
  );
}
