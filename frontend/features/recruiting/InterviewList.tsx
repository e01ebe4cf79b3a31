"use client";

import type { ReactNode } from "react";
import useSWR from "swr";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { useDraft, writeDraft } from "@/lib/drafts";
import { type Problem, problemOf } from "@/lib/errors";
import { count, percent } from "@/lib/format";
import { Button } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { Notice } from "@/ui/Notice";
import { PageLink } from "@/ui/PageLink";
import { Skeleton } from "@/ui/Skeleton";
import { Day } from "@/ui/Time";
import { DeliveryStatus } from "./DeliveryStatus";
import styles from "./InterviewList.module.css";
import { draftKey, draftTitle } from "./new-interview/draft";
import { checkRecruiter, type Stats, useDeliveryState, useInterviews } from "./queries";
import { Deadline, InterviewBadge } from "./StatusBadges";

const FIRST = 50;

interface InterviewListProps {
  onNewInterview: () => void;
  /** Above the list. */
  children?: ReactNode;
}

/** A recruiter's interviews, the latest first. */
export function InterviewList({ onNewInterview, children }: InterviewListProps) {
  // Kept in the cache, so that whoever comes back finds the list as long as it was.
  const { data: shown = FIRST, mutate: setShown } = useSWR<number>("interviews shown", null);
  const { data, error, isValidating, mutate } = useInterviews(shown);
  const { data: delivery } = useDeliveryState();
  const empty = data?.rows.length === 0;
  const barred = useBarred(empty);

  const create = <Button onClick={onNewInterview}>New Interview</Button>;
  return (
    <div className="stack">
      <div className={styles.head}>
        <h1>Recruiting</h1>
        {!empty && create}
      </div>
      <DeliveryStatus state={delivery} />
      {children}
      {error && (
        <AccountProblem problem={problemOf(error)} onRetry={() => mutate()} busy={isValidating} />
      )}
      {((!data && !error) || (empty && barred === undefined)) && <Skeleton of="your interviews" />}
      {empty && barred && <AccountProblem problem={barred} />}
      {empty && barred === null && (
        <EmptyState title="No interviews yet" action={create}>
          Write the questions, say whom to invite, and each of them gets a mail with a code of their
          own.
        </EmptyState>
      )}
      {data && data.rows.length > 0 && (
        <ul className={styles.list} aria-label="Your interviews">
          {data.rows.map((row) => (
            <Row key={row.interview_id} row={row} />
          ))}
        </ul>
      )}
      {data?.more && (
        <div className={styles.more}>
          <Button
            variant="secondary"
            busy={isValidating}
            // As many again: a thousand is five steps away.
            onClick={() => setShown(2 * shown, { revalidate: false })}
          >
            Show more
          </Button>
        </div>
      )}
    </div>
  );
}

function Row({ row }: { row: Stats }) {
  return (
    <li className={`card ${styles.row}`}>
      <div className={styles.what}>
        <h2 className={styles.title}>
          <PageLink href={`/recruiters/${row.interview_id}`} className={styles.link}>
            {row.title}
          </PageLink>
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

/** Invited, joined, completed, and how many of those who joined have completed. */
export function Figures({
  stats,
}: {
  stats: Pick<Stats, "invited" | "joined" | "completed" | "completion_rate">;
}) {
  const figures = [
    { name: "Invited", text: count(stats.invited) },
    { name: "Joined", text: count(stats.joined) },
    { name: "Completed", text: count(stats.completed) },
    { name: "Completion", text: percent(stats.completion_rate) },
  ];
  return (
    <dl className={styles.figures}>
      {figures.map(({ name, text }) => (
        <div key={name} className={styles.figure}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What was typed into the window and not yet sent. */
export function DraftOffer({ onContinue }: { onContinue: () => void }) {
  const { account } = useSignedIn();
  const kept = useDraft(draftKey(account.id));
  if (!kept) return null;
  return (
    <Notice
      title={`You have not finished creating ${draftTitle(kept)}.`}
      actions={
        <>
          <Button variant="secondary" small onClick={onContinue}>
            Continue
          </Button>
          <Button variant="quiet" small onClick={() => writeDraft(draftKey(account.id), null)}>
            Discard
          </Button>
        </>
      }
    >
      All you entered is kept in this browser.
    </Notice>
  );
}

// What bars an account; of anything else, creating tells.
const BARS = new Set(["recruiter_role_required", "email_not_confirmed", "not_signed_in"]);

/**
 * Why the account may not recruit, or null; undefined while that is being found out. Asked only of
 * those who have no interview to show.
 */
function useBarred(ask: boolean): Problem | null | undefined {
  const { supabase, account } = useSignedIn();
  const { data } = useSWR(ask && ["barred", account.id], () =>
    checkRecruiter(supabase).then(
      () => null,
      (error: unknown) => problemOf(error),
    ),
  );
  return data && !BARS.has(data.slug) ? null : data;
}
