"use client";

import type { ReactNode } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import type { Awaited } from "@/features/account/useFresh";
import { answeredOf, answersTo } from "@/lib/responses";
import { Loaded } from "@/ui/Loaded";
import { Notice } from "@/ui/Notice";
import { Moment } from "@/ui/Time";
import { Waiting } from "@/ui/Waiting";
import { questionsRead } from "../queries";
import { ParticipantBadge } from "../StatusBadges";
import { Answers } from "./Answers";
import styles from "./RecruiterCandidatePage.module.css";
import { ReviewSection } from "./ReviewSection";
import { type Judged, responsesRead } from "./reads";

interface CandidateViewProps {
  interviewId: string;
  candidate: Judged;
  /** Who it is. */
  name: ReactNode;
  /** Below the heading. */
  tools?: ReactNode;
  /** For who may move the deadline, while the candidate has not submitted. */
  deadlineTools?: ReactNode;
  /** Where criteria are added, for who may do that. */
  criteriaPage: string | null;
  /** What others have changed and is not shown yet. */
  fresh: Awaited;
  /** Called when a review could not be saved. */
  onRefused?: () => void;
  /** After the review. */
  children?: ReactNode;
}

const NEW_REVIEW = ["new review", "new reviews"] as const;

/** One candidate of an interview for who judges them: where they are, and what they answered. */
export function CandidateView(props: CandidateViewProps) {
  const { interviewId, candidate, name, tools, deadlineTools, criteriaPage } = props;
  const { fresh, onRefused, children } = props;
  const { account } = useSignedIn();
  const questions = useRead(questionsRead(interviewId));
  const responses = useRead(responsesRead(interviewId, candidate.id, account.id));
  return (
    <article className={styles.page}>
      <header className="stack">
        {name}
        <Facts candidate={candidate} />
        <Waiting list={fresh} of={NEW_REVIEW} />
        {tools}
      </header>
      <Loaded answer={questions} of="the questions">
        {(asked) => (
          <>
            <Progress candidate={candidate} questions={asked.length} tools={deadlineTools} />
            {candidate.status === "completed" && (
              <Loaded answer={responses} of="the answers">
                {(given) => <Answers answers={answersTo(asked, given)} accountId={account.id} />}
              </Loaded>
            )}
          </>
        )}
      </Loaded>
      {candidate.status !== "withdrawn" && (
        <>
          <ReviewSection
            interviewId={interviewId}
            candidate={candidate}
            criteriaPage={criteriaPage}
            {...(onRefused && { onRefused })}
          />
          {candidate.status === "completed" && <Waiting list={fresh} of={NEW_REVIEW} again />}
          {children}
        </>
      )}
    </article>
  );
}

function Facts({ candidate }: { candidate: Judged }) {
  const { joined_at, completed_at } = candidate;
  return (
    <p className={styles.facts}>
      <ParticipantBadge participant={candidate} />
      <span>
        Joined <Moment at={joined_at} />
      </span>
      {completed_at && (
        <span>
          Submitted <Moment at={completed_at} />
        </span>
      )}
    </p>
  );
}

interface ProgressProps {
  candidate: Judged;
  questions: number;
  tools: ReactNode;
}

/** Why there are no answers, or not all. */
function Progress({ candidate, questions, tools }: ProgressProps) {
  const { status, responses_deleted_at, responses_expired_at } = candidate;
  if (status === "active") return <NotSubmitted {...{ candidate, questions, tools }} />;
  if (status === "withdrawn") {
    return (
      <Notice title="They have withdrawn.">
        Their answers were deleted.
        {tools && " You can invite them again from the interview’s page."}
      </Notice>
    );
  }
  return (
    <>
      {responses_deleted_at && (
        <Notice
          title={
            <>
              The candidate deleted answers on <Moment at={responses_deleted_at} />.
            </>
          }
        >
          They may do so at any time. Deleted answers can’t be brought back.
        </Notice>
      )}
      {responses_expired_at && (
        <Notice
          title={
            <>
              Answers were deleted on <Moment at={responses_expired_at} />.
            </>
          }
        >
          The time was over for which they are kept.
        </Notice>
      )}
    </>
  );
}

/** How far they are, never what they said, and how to give them more time. */
function NotSubmitted({ candidate, questions, tools }: ProgressProps) {
  const { interview, answered } = candidate;
  const { deadline, status } = interview;
  const over = deadline !== null && new Date(deadline) <= new Date();
  return (
    <Notice title={`${answeredOf(answered, questions)} answered, not submitted`} actions={tools}>
      You can watch the answers once the candidate has submitted them.{" "}
      {deadline && (
        <>
          The deadline {over ? "was" : "is"} <Moment at={deadline} />.
          {tools && " To give more time, move it; this holds for everyone in this interview."}
        </>
      )}
      {tools &&
        status === "completed" &&
        " The interview is completed: reopen it so that they can go on."}
    </Notice>
  );
}
