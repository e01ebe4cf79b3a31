"use client";

import { useState } from "react";
import { currentTake, takesLeft } from "@/lib/answers";
import { length } from "@/lib/recording";
import { Button } from "@/ui/Button";
import { Notice } from "@/ui/Notice";
import type { Question } from "../participations";
import type { Answers } from "./Answering";
import { CheckNote } from "./CheckNote";
import { OwnAnswer } from "./OwnAnswer";
import styles from "./QuestionStep.module.css";
import { Recorder } from "./Recorder";
import { UnsentRecording } from "./UnsentRecording";
import { useAgain } from "./useAgain";
import type { useHeading } from "./useHeading";

interface RecordAnswerProps extends Answers {
  question: Question;
  number: number;
  seconds: number;
  onDone: () => void;
  /** No other question is open. */
  last: boolean;
  heading: ReturnType<typeof useHeading>;
}

/** A question to be recorded: the recorder, what it has recorded, or what has been sent. */
export function RecordAnswer(props: RecordAnswerProps) {
  const { question, number, onDone, last, heading, ...answers } = props;
  const { responses, recordings, known, participation, accommodation, settings, checks } = answers;
  const [again, setAgain] = useAgain();
  // With time to prepare, the question is read when that time begins.
  const [shown, setShown] = useState(question.preparation_seconds === 0);
  const take = currentTake(question.id, responses);
  const pending = known.recordings.find(
    ({ questionId, progress }) => questionId === question.id && progress !== "recording",
  );
  const left = takesLeft(question, responses, accommodation);
  const open = participation.phase === "open" && settings.storage_ready && known.tab === "here";
  const visible = shown || take !== undefined || pending !== undefined;
  const title = (
    <h2 className={`prewrap ${styles.question}`} dir="auto" {...heading}>
      {visible ? question.question : `Question ${number}`}
    </h2>
  );
  if (known.tab !== "here") return title;
  if (pending) {
    return (
      <>
        {title}
        <UnsentRecording
          recording={pending}
          recordings={recordings}
          onDone={onDone}
          last={last}
          mayRecord={open}
        />
      </>
    );
  }
  if (take && take.kind !== "text" && !again) {
    return (
      <>
        {title}
        <Notice tone="good" title="Your answer has been sent.">
          {left > 0 && open
            ? "You can record it again; then the new recording counts."
            : "You have no takes left for this question."}
        </Notice>
        <div className="row">
          <OwnAnswer take={take} number={number} />
        </div>
        <CheckNote
          take={take}
          number={number}
          check={checks.get(take.id)}
          mayRecord={left > 0 && open}
        />
        <div className="row">
          <Button onClick={onDone}>{last ? "See all questions" : "Next question"}</Button>
          {left > 0 && open && (
            <Button variant="secondary" onClick={() => setAgain(true)}>
              Record again
            </Button>
          )}
        </div>
      </>
    );
  }
  if (!open) return title;
  return (
    <>
      {title}
      {!visible && (
        <p>
          When you begin, you see the question and have {length(question.preparation_seconds)} to
          prepare. Then the recording starts by itself; you can also start it sooner.
        </p>
      )}
      {take?.kind === "text" && (
        <Notice title="You have answered in writing.">
          A recording replaces your text once it has been sent.
        </Notice>
      )}
      <Recorder
        {...answers}
        question={question}
        left={left}
        onBegin={() => setShown(true)}
        onEnd={() => setAgain(false)}
        onCancel={again ? () => setAgain(false) : null}
      />
    </>
  );
}
