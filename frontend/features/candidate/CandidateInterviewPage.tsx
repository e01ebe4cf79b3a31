"use client";

import type { KeyedMutator } from "swr";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { problem } from "@/lib/errors";
import { BackLink } from "@/ui/BackLink";
import { Badge } from "@/ui/Badge";
import { ButtonLink } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { Loaded } from "@/ui/Loaded";
import { Notice } from "@/ui/Notice";
import { Moment } from "@/ui/Time";
import { useParams } from "@/ui/useParams";
import { Answering } from "./answering/Answering";
import { Receipt } from "./answering/Receipt";
import styles from "./CandidateInterviewPage.module.css";
import { interviewRead, type JoinedInterview } from "./participations";

export function CandidateInterviewPage({ id }: { id: string }) {
  const { account } = useSignedIn();
  const answer = useRead(interviewRead(account.id, id));
  return (
    <div className="stack">
      <BackLink href="/candidates/dashboard">My interviews</BackLink>
      <Loaded answer={answer} of="the interview">
        {(data) => (data ? <Joined {...data} mutate={answer.mutate} /> : <NotJoined />)}
      </Loaded>
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
        action={<ButtonLink href="/candidates/dashboard">My interviews</ButtonLink>}
      >
        {hint}
      </EmptyState>
    </>
  );
}

interface JoinedProps extends JoinedInterview {
  mutate: KeyedMutator<JoinedInterview | null>;
}

function Joined({ mutate, ...joined }: JoinedProps) {
  const { param } = useParams();
  const { status, interview, phase, completed_at } = joined.participation;
  const active = status === "active";
  // A step has the page to itself.
  const inStep = active && (param("question") || param("step"));
  return (
    <article className="stack">
      <header className="stack">
        <h1>{interview.title}</h1>
        {!inStep && (
          <p className={styles.facts}>
            {active && phase !== "over" && <Badge tone="accent">Active</Badge>}
            {active && phase === "over" && <Badge tone="warn">Closed</Badge>}
            {status === "completed" && <Badge tone="good">Completed</Badge>}
            {status === "withdrawn" && <Badge>Withdrawn</Badge>}
            {completed_at && (
              <span>
                Finished on <Moment at={completed_at} />
              </span>
            )}
            {active && interview.deadline && (
              <span>
                Until <Moment at={interview.deadline} />
              </span>
            )}
          </p>
        )}
        {interview.description && !inStep && (
          <p className={`lead prewrap ${styles.description}`}>{interview.description}</p>
        )}
      </header>
      {status === "withdrawn" && (
        <Notice title="You have withdrawn from this interview.">
          Its questions are no longer shown. To rejoin, you need a new invitation from the
          recruiter.
        </Notice>
      )}
      {status === "completed" && <Receipt {...joined} refresh={() => mutate()} />}
      {active && <Answering {...joined} mutate={mutate} />}
    </article>
  );
}
