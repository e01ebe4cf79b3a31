"use client";

import { useState } from "react";
import { ConfirmedElsewhere } from "@/features/account/ConfirmedElsewhere";
import { problemOf } from "@/lib/errors";
import { day, moment } from "@/lib/format";
import { HOME } from "@/lib/navigation";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { PageLink } from "@/ui/PageLink";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { Skeleton } from "@/ui/Skeleton";
import { useToast } from "@/ui/Toast";
import { AddInterviewModal } from "./AddInterviewModal";
import styles from "./CandidateDashboard.module.css";
import { isOver, type Participation, useParticipations } from "./participations";

const SECTIONS = [
  { status: "active", title: "Active" },
  { status: "completed", title: "Completed" },
  { status: "withdrawn", title: "Withdrawn" },
];

/** A candidate's interviews. With a code, the window that adds one is open from the start. */
export function CandidateDashboard({ code }: { code: string | null }) {
  const { data, error, isValidating, mutate } = useParticipations();
  const [adding, setAdding] = useState(code !== null);
  const toast = useToast();

  const close = () => {
    setAdding(false);
    // The code is done with: reloading must not open the window again.
    window.history.replaceState(null, "", "/candidates/dashboard");
  };
  return (
    <div className="stack">
      <div className="row between">
        <h1>My interviews</h1>
        <Button onClick={() => setAdding(true)}>Add Interview</Button>
      </div>
      <ConfirmedElsewhere here={HOME} />
      {error && (
        <ProblemNotice
          problem={problemOf(error)}
          actions={
            <Button variant="secondary" small busy={isValidating} onClick={() => mutate()}>
              Try again
            </Button>
          }
        />
      )}
      {!data && !error && <Skeleton of="your interviews" />}
      {data?.length === 0 && (
        <EmptyState title="No interviews yet">
          Your invitation has a code of six digits. Choose “Add Interview” and enter it.
        </EmptyState>
      )}
      {SECTIONS.map(({ status, title }) => (
        <Section key={status} title={title} rows={data?.filter((row) => row.status === status)} />
      ))}
      {adding && (
        <AddInterviewModal
          initialCode={code}
          onClose={close}
          onAdded={({ title }) => {
            close();
            toast(`“${title}” is among your interviews now.`);
            void mutate();
          }}
        />
      )}
    </div>
  );
}

function Section({ title, rows }: { title: string; rows: Participation[] | undefined }) {
  if (!rows?.length) return null;
  return (
    <section className={styles.section} aria-labelledby={`section-${title}`}>
      <h2 id={`section-${title}`} className={styles.heading}>
        {title} <span className={styles.count}>{rows.length}</span>
      </h2>
      <ul className={styles.list}>
        {rows.map((row) => (
          <Card key={row.id} row={row} />
        ))}
      </ul>
    </section>
  );
}

function Card({ row }: { row: Participation }) {
  const { id, title, description } = row.interview;
  const withdrawn = row.status === "withdrawn";
  return (
    <li className={`card ${styles.card}`}>
      <h3 className={styles.title}>
        {withdrawn ? (
          title
        ) : (
          <PageLink href={`/candidates/interviews/${id}`} className={styles.link}>
            {title}
          </PageLink>
        )}
      </h3>
      {description && <p className={styles.description}>{description}</p>}
      <p className={styles.foot}>
        <State row={row} />
      </p>
    </li>
  );
}

function State({ row: { status, interview, completed_at, joined_at } }: { row: Participation }) {
  if (status === "completed") {
    return (
      <>
        <Badge tone="good">Completed</Badge>
        {completed_at && <span>{day(completed_at)}</span>}
      </>
    );
  }
  if (status === "withdrawn") {
    return (
      <>
        <Badge>Withdrawn</Badge>
        <span>A new invitation brings you back.</span>
      </>
    );
  }
  if (isOver(interview)) {
    return (
      <>
        <Badge tone="warn">Closed</Badge>
        <span>It can no longer be finished.</span>
      </>
    );
  }
  return (
    <>
      <Badge tone="accent">Active</Badge>
      <span>
        {interview.deadline ? `Until ${moment(interview.deadline)}` : `Joined ${day(joined_at)}`}
      </span>
    </>
  );
}
