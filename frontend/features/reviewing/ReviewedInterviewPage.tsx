"use client";

import { useId } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { useFreshRows } from "@/features/account/useFresh";
import styles from "@/features/recruiting/interview/RecruiterInterviewPage.module.css";
import { PagedTable } from "@/features/recruiting/PagedTable";
import { Deadline, InterviewBadge, ParticipantBadge } from "@/features/recruiting/StatusBadges";
import { answeredOf } from "@/lib/responses";
import { BackLink } from "@/ui/BackLink";
import { Badge } from "@/ui/Badge";
import { ButtonLink } from "@/ui/Button";
import { Loaded } from "@/ui/Loaded";
import { PageLink } from "@/ui/PageLink";
import { Moment } from "@/ui/Time";
import { useParams } from "@/ui/useParams";
import { Waiting } from "@/ui/Waiting";
import { Reviewing } from "./Reviewing";
import { type Listed, type Reviewed, reviewedReads } from "./reads";
import { useCandidateName } from "./useCandidateName";

/** One interview, for somebody who reviews its candidates. */
export function ReviewedInterviewPage({ interviewId }: { interviewId: string }) {
  return (
    <Reviewing interviewId={interviewId}>
      {(interview) => (
        <>
          <BackLink href="/reviews">Reviews</BackLink>
          <article className={styles.page}>
            <Heading interview={interview} />
            <Candidates interviewId={interviewId} />
          </article>
        </>
      )}
    </Reviewing>
  );
}

function Heading({ interview }: { interview: Reviewed }) {
  return (
    <header className="stack">
      <h1 dir="auto">{interview.title}</h1>
      <p className={styles.facts}>
        <InterviewBadge interview={interview} />
        <span>
          <Deadline interview={interview} />
        </span>
      </p>
      {interview.description && (
        <p className={`prewrap ${styles.description}`} dir="auto">
          {interview.description}
        </p>
      )}
    </header>
  );
}

function Candidates({ interviewId }: { interviewId: string }) {
  const { account } = useSignedIn();
  const { param, push } = useParams();
  const reads = reviewedReads(interviewId, account.id, param);
  const answer = useFreshRows(interviewId, reads.listed, ({ id }) => id);
  const questions = useRead(reads.questions).data ?? [];
  const [first] = questions;
  const nameOf = useCandidateName(interviewId);
  const heading = useId();
  const columns = [
    {
      name: "Candidate",
      cell: (row: Listed) => (
        <PageLink href={`/reviews/${interviewId}/candidates/${row.id}`} className={styles.email}>
          {nameOf(row)}
        </PageLink>
      ),
    },
    { name: "Status", cell: (row: Listed) => <ParticipantBadge participant={row} /> },
    {
      name: "Answered",
      number: true,
      cell: ({ answered }: Listed) => answeredOf(answered, questions.length),
    },
    {
      name: "Submitted",
      cell: ({ completed_at }: Listed) => (completed_at ? <Moment at={completed_at} /> : "–"),
    },
    { name: "Your review", cell: (row: Listed) => <OwnReview row={row} /> },
  ];
  return (
    <section className={styles.section} aria-labelledby={heading}>
      <div className={styles.head}>
        <h2 id={heading}>Candidates</h2>
        {first && (
          <ButtonLink
            variant="secondary"
            href={`/reviews/${interviewId}/compare?question=${first.id}`}
          >
            Compare answers
          </ButtonLink>
        )}
      </div>
      <Loaded
        answer={answer}
        of="the candidates"
        shape="line"
        count={2}
        isEmpty={({ rows }) => rows.length === 0}
        empty={<p className="soft">Nobody has joined yet.</p>}
      >
        {(page) => (
          <>
            <Waiting list={answer} />
            <PagedTable
              caption="Candidates"
              columns={columns}
              page={page}
              busy={answer.isLoading}
              onGo={push}
            />
          </>
        )}
      </Loaded>
    </section>
  );
}

/** How far one's own review is. */
function OwnReview({ row: { status, reviews } }: { row: Listed }) {
  const [own] = reviews;
  if (own?.submitted_at) return <Badge tone="good">Submitted</Badge>;
  if (own) return <Badge tone="warn">Draft</Badge>;
  return status === "completed" ? <Badge tone="accent">Not begun</Badge> : "–";
}
