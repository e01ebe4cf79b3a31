"use client";

import { currentTake, kindsOf, nextOpen, secondsFor } from "@/lib/answers";
import { plural } from "@/lib/format";
import { length } from "@/lib/recording";
import { Button } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Notice } from "@/ui/Notice";
import { useToast } from "@/ui/Toast";
import { useDialog } from "@/ui/useDialog";
import { useParams } from "@/ui/useParams";
import type { Answers } from "./Answering";
import { useAnswerStore } from "./answerStore";
import { Expectations } from "./Expectations";
import { LateNotice } from "./LateNotice";
import { MyData } from "./MyData";
import styles from "./Overview.module.css";
import { PrivacyNotice } from "./PrivacyNotice";
import { QuestionCard } from "./QuestionCard";
import { Submit } from "./Submit";

/** What there is to answer, how far one is, and the way to the end. */
export function Overview(answers: Answers) {
  const { participation, questions, responses, pending, settings, known, recordings } = answers;
  const { push } = useParams();
  const { phase, interview } = participation;
  const kinds = kindsOf(interview.response_kinds);
  const records = kinds.some((kind) => kind !== "text");
  const isOpen = (id: string) => !pending.has(id) && !currentTake(id, responses);
  const open = questions.filter(({ id }) => isOpen(id));
  const begun = open.length < questions.length;
  const canAnswer =
    phase === "open" && questions.length > 0 && (settings.storage_ready || kinds.includes("text"));
  const start = () => {
    const first = nextOpen(questions.length - 1, questions, isOpen) ?? questions.length - 1;
    const question = String(first + 1);
    if (!records || !settings.storage_ready) push({ question, as: "text" });
    else if (!participation.consents_to_recording) push({ step: "agree" });
    else if (begun) push({ question });
    else push({ step: "check" });
  };
  return (
    <>
      <LateNotice {...answers} />
      {!settings.storage_ready && records && (
        <Notice tone="warn" title="Recordings can’t be stored at the moment.">
          {kinds.includes("text")
            ? "You can answer in writing, or try again later."
            : "Try again later, or tell the recruiter."}
        </Notice>
      )}
      {canAnswer && !begun && <Expectations {...answers} />}
      <PrivacyNotice interview={interview} />
      {canAnswer && open.length > 0 && (
        <div>
          <Button onClick={start}>{begun ? "Continue" : "Start answering"}</Button>
        </div>
      )}
      <section className="stack" aria-labelledby="questions">
        <h2 id="questions">
          {questions.length === 1 ? "One question" : `${questions.length} questions`}
        </h2>
        {questions.length === 0 && <p className="soft">The recruiter hasn’t added any yet.</p>}
        <ol className={styles.questions}>
          {questions.map((question, index) => (
            <QuestionCard
              key={question.id}
              question={question}
              number={index + 1}
              seconds={secondsFor(question, answers.accommodation)}
              answers={answers}
              answerable={canAnswer}
            />
          ))}
        </ol>
      </section>
      <Submit {...answers} />
      <MyData {...answers} onDeleted={() => recordings.throwAllAway()} />
      <Withdraw {...answers} unsent={known.recordings.length} />
    </>
  );
}

function Withdraw({ responses, recordings, change, unsent }: Answers & { unsent: number }) {
  const store = useAnswerStore();
  const toast = useToast();
  const { about: asking, open: ask, close } = useDialog("withdraw");
  const answered = responses.some(({ status }) => status === "uploaded") || unsent > 0;
  const withdraw = async () => {
    const { status, completed_at } = await store.withdraw();
    await recordings.throwAllAway();
    await change(({ participation }) => ({
      participation: { ...participation, status, completed_at },
      questions: [],
      responses: [],
    }));
    toast("You have withdrawn.");
  };
  return (
    <div className={styles.endings}>
      <Button variant="quiet" onClick={() => ask()}>
        Withdraw
      </Button>
      {asking !== null && (
        <ConfirmDialog
          title="Withdraw from this interview?"
          action="Withdraw"
          danger
          onClose={close}
          onConfirm={withdraw}
        >
          You will no longer see the questions, and the recruiter will see that you withdrew.{" "}
          {answered && "Your answers are deleted. "}
          To rejoin, you would need a new invitation.
        </ConfirmDialog>
      )}
    </div>
  );
}

/** "up to 2 minutes, 3 takes" */
export const limitsOf = (seconds: number, takes: number): string =>
  `up to ${length(seconds)}, ${plural(takes, "take")}`;
