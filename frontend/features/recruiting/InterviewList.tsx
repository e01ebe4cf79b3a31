"use client";

import type { ReactNode } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { useFreshRows } from "@/features/account/useFresh";
import { useDraft, writeDraft } from "@/lib/drafts";
import { problem } from "@/lib/errors";
import { count, percent, plural } from "@/lib/format";
import { Button, ButtonLink } from "@/ui/Button";
import { CardLink } from "@/ui/CardLink";
import { CursorPager } from "@/ui/CursorPager";
import { EmptyState } from "@/ui/EmptyState";
import { Loaded } from "@/ui/Loaded";
import { Notice } from "@/ui/Notice";
import { Quoted } from "@/ui/Quoted";
import { Day } from "@/ui/Time";
import { useParams } from "@/ui/useParams";
import { Waiting } from "@/ui/Waiting";
import { DeliveryStatus } from "./DeliveryStatus";
import styles from "./InterviewList.module.css";
import { draftTitle, newInterviewKey } from "./new-interview/draft";
import { listReads, type Stats } from "./queries";
import { Deadline, InterviewBadge } from "./StatusBadges";

interface InterviewListProps {
  onNewInterview: () => void;
  /** Above the list. */
  children?: ReactNode;
}

/** A recruiter's interviews, the latest first. */
export function InterviewList({ onNewInterview, children }: InterviewListProps) {
  const { param, push } = useParams();
  const reads = listReads(param);
  const interviews = useFreshRows(null, reads.interviews, (row) => row.interview_id ?? "");
  const delivery = useRead(reads.delivery, { refreshInterval: 30_000 });
  const barrier = useRead(reads.barrier);
  const empty = interviews.data?.rows.length === 0 && !param("after") && !param("before");

  const create = <Button onClick={onNewInterview}>New Interview</Button>;
  return (
    <div className="stack">
      <div className={styles.head}>
        <h1>Recruiting</h1>
        {!empty && (
          <div className="row">
            <Waiting list={interviews} />
            <ButtonLink variant="quiet" href="/recruiters/analytics">
              Analytics
            </ButtonLink>
            {create}
          </div>
        )}
      </div>
      <DeliveryStatus state={delivery.data} />
      {children}
      <Loaded
        answer={interviews}
        of="your interviews"
        isEmpty={() => empty}
        empty={
          barrier.data ? (
            <AccountProblem problem={problem(barrier.data)} />
          ) : (
            <EmptyState title="No interviews yet" action={create}>
              Write your questions and choose who to invite. Each candidate gets an email with their
              own code.
            </EmptyState>
          )
        }
      >
        {({ rows, previous, next }) => (
          <>
            <ul
              className={styles.list}
              aria-label="Your interviews"
              aria-busy={interviews.isLoading}
            >
              {rows.map((row) => (
                <Row key={row.interview_id} row={row} />
              ))}
            </ul>
            {rows.length === 0 && <p className="soft">No interviews on this page.</p>}
            <CursorPager
              of="interviews"
              previous={previous}
              next={next}
              busy={interviews.isLoading}
              onGo={push}
            />
          </>
        )}
      </Loaded>
    </div>
  );
}

function Row({ row }: { row: Stats }) {
  return (
    <li className={`card ${styles.row}`}>
      <div className={styles.what}>
        <h2 className={styles.title} dir="auto">
          <CardLink href={`/recruiters/${row.interview_id}`}>{row.title}</CardLink>
        </h2>
        <p className={styles.facts}>
          <InterviewBadge interview={row} />
          <span>
            <Deadline interview={row} />
          </span>
          <span>
            Created <Day at={row.created_at} />
          </span>
        </p>
      </div>
      <Figures stats={row} />
    </li>
  );
}

/**
 * People: invited, joined, completed, and how many of those who joined have completed. Those
 * who have withdrawn count as joined, too, and are named there.
 */
export function Figures({
  stats,
}: {
  stats: Pick<Stats, "invited" | "joined" | "completed" | "withdrawn" | "completion_rate">;
}) {
  const withdrawn = stats.withdrawn ?? 0;
  const figures: { name: string; text: string; more?: string | false }[] = [
    { name: "Invited", text: count(stats.invited) },
    {
      name: "Joined",
      text: count(stats.joined),
      more: withdrawn > 0 && `${plural(withdrawn, "has", "have")} withdrawn`,
    },
    { name: "Completed", text: count(stats.completed) },
    { name: "Completion", text: percent(stats.completion_rate) },
  ];
  return (
    <dl className={styles.figures}>
      {figures.map(({ name, text, more }) => (
        <div key={name} className={styles.figure}>
          <dt>{name}</dt>
          <dd>{text}</dd>
          {more && <dd className={styles.aside}>{more}</dd>}
        </div>
      ))}
    </dl>
  );
}

/** An interview that somebody began to create and has not finished. */
export function DraftOffer({ onContinue }: { onContinue: () => void }) {
  const { account } = useSignedIn();
  const kept = useDraft(newInterviewKey(account.id));
  if (!kept) return null;
  const title = draftTitle(kept);
  return (
    <Notice
      title={
        <>You haven’t finished creating {title ? <Quoted>{title}</Quoted> : "an interview"}.</>
      }
      actions={
        <>
          <Button variant="secondary" small onClick={onContinue}>
            Continue
          </Button>
          <Button
            variant="quiet"
            small
            onClick={() => writeDraft(newInterviewKey(account.id), null)}
          >
            Discard
          </Button>
        </>
      }
    >
      Your entries are saved in this browser.
    </Notice>
  );
}
