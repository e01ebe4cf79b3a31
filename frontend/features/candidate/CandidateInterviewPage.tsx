"use client";

import { useState } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { jsonOf, problem } from "@/lib/errors";
import { BackLink } from "@/ui/BackLink";
import { Badge } from "@/ui/Badge";
import { Button, ButtonLink } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { EmptyState } from "@/ui/EmptyState";
import { Loaded } from "@/ui/Loaded";
import { Notice } from "@/ui/Notice";
import { Moment } from "@/ui/Time";
import { useToast } from "@/ui/Toast";
import styles from "./CandidateInterviewPage.module.css";
import { interviewRead, type JoinedInterview, type Question } from "./participations";

export function CandidateInterviewPage({ id }: { id: string }) {
  const { account } = useSignedIn();
  const answer = useRead(interviewRead(account.id, id));
  // What the database answered says it all; nothing need be read again.
  const show = ({ participation, questions }: JoinedInterview, { status, completed_at }: Moved) =>
    answer.mutate(
      {
        participation: { ...participation, status, completed_at },
        questions: status === "withdrawn" ? [] : questions,
      },
      { revalidate: false },
    );
  return (
    <div className="stack">
      <BackLink href="/candidates/dashboard">My interviews</BackLink>
      <Loaded answer={answer} of="the interview">
        {(data) =>
          data ? <Joined {...data} onMoved={(moved) => show(data, moved)} /> : <NotJoined />
        }
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

/** What `complete_interview` and `withdraw_from_interview` return, as far as it is shown. */
interface Moved {
  status: string;
  completed_at: string | null;
}

interface JoinedProps extends JoinedInterview {
  onMoved: (moved: Moved) => Promise<unknown>;
}

function Joined({ participation, questions, onMoved }: JoinedProps) {
  const { status, interview, over, completed_at } = participation;
  const active = status === "active";
  return (
    <article className="stack">
      <header className="stack">
        <h1>{interview.title}</h1>
        <p className={styles.facts}>
          {active && !over && <Badge tone="accent">Active</Badge>}
          {active && over && <Badge tone="warn">Closed</Badge>}
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
        {interview.description && (
          <p className={`lead prewrap ${styles.description}`}>{interview.description}</p>
        )}
      </header>
      {status === "withdrawn" ? (
        <Notice title="You have withdrawn from this interview.">
          Its questions are no longer shown. To rejoin, you need a new invitation from the
          recruiter.
        </Notice>
      ) : (
        <QuestionsSection questions={questions} />
      )}
      {active && over && (
        <Notice tone="warn" title="This interview is closed and can no longer be finished.">
          If you need more time, ask the recruiter to reopen it or move the deadline.
        </Notice>
      )}
      {active && <Endings participation={participation} onMoved={onMoved} />}
    </article>
  );
}

function QuestionsSection({ questions }: { questions: Question[] }) {
  return (
    <section className="stack" aria-labelledby="questions">
      <h2 id="questions">
        {questions.length === 1 ? "One question" : `${questions.length} questions`}
      </h2>
      {questions.length === 0 && <p className="soft">The recruiter hasn’t added any yet.</p>}
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

/** Finish and withdraw, each of which asks for confirmation. */
function Endings({ participation, onMoved }: Omit<JoinedProps, "questions">) {
  const { supabase } = useSignedIn();
  const toast = useToast();
  const [asking, setAsking] = useState<"finish" | "withdraw" | null>(null);
  const { interview, over } = participation;
  const end = async (name: "complete_interview" | "withdraw_from_interview") =>
    onMoved(await jsonOf<Moved>(supabase.rpc(name, { interview_id: interview.id })));

  const finish = async () => {
    await end("complete_interview");
    toast("Finished. The recruiter can see it now.");
  };
  const withdraw = async () => {
    await end("withdraw_from_interview");
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
          The recruiter will see that you have finished. You can’t undo this.
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
          You will no longer see the questions, and the recruiter will see that you withdrew. To
          rejoin, you would need a new invitation.
        </ConfirmDialog>
      )}
    </div>
  );
}
