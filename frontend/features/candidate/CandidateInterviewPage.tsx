"use client";

import { useState } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { dataOf, problem, problemOf } from "@/lib/errors";
import { moment } from "@/lib/format";
import { Badge } from "@/ui/Badge";
import { Button, ButtonLink } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { EmptyState } from "@/ui/EmptyState";
import { Notice } from "@/ui/Notice";
import { PageLink } from "@/ui/PageLink";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { Skeleton } from "@/ui/Skeleton";
import { useToast } from "@/ui/Toast";
import styles from "./CandidateInterviewPage.module.css";
import { isOver, type Participation, type Question, useInterview } from "./participations";

export function CandidateInterviewPage({ id }: { id: string }) {
  const { data, error, isValidating, mutate } = useInterview(id);
  return (
    <div className="stack">
      <p>
        <PageLink href="/candidates/dashboard">← My interviews</PageLink>
      </p>
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
      {data === undefined && !error && <Skeleton of="the interview" />}
      {data === null && <NotJoined />}
      {data && <Joined {...data} onChanged={() => mutate()} />}
    </div>
  );
}

function NotJoined() {
  const { message, hint } = problem("participation_not_found");
  return (
    <>
      <h1>Interview</h1>
      <EmptyState
        title={message}
        action={<ButtonLink href="/candidates/dashboard">To my interviews</ButtonLink>}
      >
        {hint}
      </EmptyState>
    </>
  );
}

interface JoinedProps {
  participation: Participation;
  questions: Question[];
  onChanged: () => Promise<unknown>;
}

function Joined({ participation, questions, onChanged }: JoinedProps) {
  const { status, interview, completed_at } = participation;
  const active = status === "active";
  return (
    <article className="stack">
      <header className="stack">
        <h1>{interview.title}</h1>
        <p className={styles.facts}>
          {active && !isOver(interview) && <Badge tone="accent">Active</Badge>}
          {active && isOver(interview) && <Badge tone="warn">Closed</Badge>}
          {status === "completed" && <Badge tone="good">Completed</Badge>}
          {status === "withdrawn" && <Badge>Withdrawn</Badge>}
          {completed_at && <span>Finished on {moment(completed_at)}</span>}
          {active && interview.deadline && <span>Until {moment(interview.deadline)}</span>}
        </p>
        {interview.description && (
          <p className={`lead prewrap ${styles.description}`}>{interview.description}</p>
        )}
      </header>
      {status === "withdrawn" ? (
        <Notice title="You have withdrawn from this interview.">
          Its questions are no longer shown. A new invitation from the recruiter brings you back.
        </Notice>
      ) : (
        <QuestionsSection questions={questions} />
      )}
      {active && isOver(interview) && (
        <Notice tone="warn" title="This interview is closed; it can no longer be finished.">
          If you need more time, ask the recruiter to open it again or to move the deadline.
        </Notice>
      )}
      {active && <Endings participation={participation} onChanged={onChanged} />}
    </article>
  );
}

function QuestionsSection({ questions }: { questions: Question[] }) {
  return (
    <section className="stack" aria-labelledby="questions">
      <h2 id="questions">
        {questions.length === 1 ? "One question" : `${questions.length} questions`}
      </h2>
      {questions.length === 0 && <p className="soft">The recruiter has not written any yet.</p>}
      <ol className={styles.questions}>
        {questions.map(({ id, question }) => (
          <li key={id} className={styles.question}>
            <p className="prewrap">{question}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Finish and withdraw, each asked about once more. */
function Endings({ participation, onChanged }: Omit<JoinedProps, "questions">) {
  const { supabase } = useSignedIn();
  const toast = useToast();
  const [asking, setAsking] = useState<"finish" | "withdraw" | null>(null);
  const { interview } = participation;
  const over = isOver(interview);

  const finish = async () => {
    await dataOf(supabase.rpc("complete_interview", { interview_id: interview.id }));
    await onChanged();
    toast("Finished. The recruiter sees it now.");
  };
  const withdraw = async () => {
    await dataOf(supabase.rpc("withdraw_from_interview", { interview_id: interview.id }));
    await onChanged();
    toast("You have withdrawn.");
  };

  return (
    <div className={styles.endings}>
      {!over && <Button onClick={() => setAsking("finish")}>Finish the interview</Button>}
      <Button variant="quiet" onClick={() => setAsking("withdraw")}>
        Withdraw
      </Button>
      {asking === "finish" && (
        <ConfirmDialog
          title="Finish the interview?"
          action="Finish"
          onClose={() => setAsking(null)}
          onConfirm={finish}
        >
          The recruiter is told that you have answered everything. This cannot be undone.
        </ConfirmDialog>
      )}
      {asking === "withdraw" && (
        <ConfirmDialog
          title="Withdraw from this interview?"
          action="Withdraw"
          danger
          onClose={() => setAsking(null)}
          onConfirm={withdraw}
        >
          You will no longer see the questions, and the recruiter sees that you left. Only a new
          invitation brings you back.
        </ConfirmDialog>
      )}
    </div>
  );
}
