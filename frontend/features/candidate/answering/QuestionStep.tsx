"use client";

import { currentTake, kindsOf, nextOpen, secondsFor } from "@/lib/answers";
import { length } from "@/lib/recording";
import { Button } from "@/ui/Button";
import { useParams } from "@/ui/useParams";
import type { Question } from "../participations";
import { Agree } from "./Agree";
import type { Answers } from "./Answering";
import { LateNotice } from "./LateNotice";
import styles from "./QuestionStep.module.css";
import { RecordAnswer } from "./RecordAnswer";
import { TextAnswer } from "./TextAnswer";
import { useHeading } from "./useHeading";

/** One question: how to answer it, and the answer. */
export function QuestionStep(props: Answers & { question: Question; number: number }) {
  const { question, number, ...answers } = props;
  const { participation, questions, responses, pending, accommodation, known, settings } = answers;
  const { param, push, replace } = useParams();
  const heading = useHeading();
  const kinds = kindsOf(participation.interview.response_kinds);
  const records = kinds.some((kind) => kind !== "text");
  const writes = kinds.includes("text");
  const take = currentTake(question.id, responses);
  const asked = param("as") ?? (take?.kind === "text" ? "text" : "recording");
  const text = writes && (asked === "text" || !records);
  const seconds = secondsFor(question, accommodation);

  const next = nextOpen(
    number - 1,
    questions,
    (id) => !pending.has(id) && !currentTake(id, responses),
  );
  const onward = () =>
    push(
      next === null
        ? { question: null, as: null, step: null }
        : { question: String(next + 1), as: text ? "text" : null },
    );
  // Nothing else to press by accident meanwhile.
  const busy = known.recordings.some(({ progress }) => progress === "recording");
  const closed = participation.phase !== "open";
  if (!text && !participation.consents_to_recording && !pending.has(question.id) && !closed) {
    return <Agree {...answers} onAgreed={() => {}} />;
  }
  return (
    <article className={`card ${styles.card}`}>
      <p className="soft">
        Question {number} of {questions.length}
        {question.required ? "" : ", optional"}
      </p>
      <LateNotice {...answers} />
      {records && writes && !pending.has(question.id) && !busy && (
        <fieldset className={styles.ways}>
          <legend className="unseen">How you answer</legend>
          <label>
            <input
              type="radio"
              name="way"
              checked={!text}
              onChange={() => replace({ as: "recording" })}
            />{" "}
            Record
          </label>
          <label>
            <input
              type="radio"
              name="way"
              checked={text}
              onChange={() => replace({ as: "text" })}
            />{" "}
            Write
          </label>
        </fieldset>
      )}
      {text && !pending.has(question.id) ? (
        <>
          <h2 className={`prewrap ${styles.question}`} dir="auto" {...heading}>
            {question.question}
          </h2>
          <TextAnswer {...answers} question={question} onDone={onward} last={next === null} />
        </>
      ) : (
        <RecordAnswer
          {...answers}
          question={question}
          number={number}
          seconds={seconds}
          onDone={onward}
          last={next === null}
          heading={heading}
        />
      )}
      {!settings.storage_ready && !text && (
        <p className="soft">Recordings can’t be stored at the moment.</p>
      )}
      {known.tab === "here" && (
        <p className="soft small">
          {text
            ? "Your text is saved while you write."
            : `Up to ${length(seconds)}. While you record, each second is kept on this device until it has been sent.`}
        </p>
      )}
      {!busy && (
        <nav className={styles.nav} aria-label="Questions">
          <Button
            variant="quiet"
            small
            aria-disabled={number === 1}
            onClick={() => number > 1 && push({ question: String(number - 1), as: null })}
          >
            Previous question
          </Button>
          <Button
            variant="quiet"
            small
            aria-disabled={number === questions.length}
            onClick={() =>
              number < questions.length && push({ question: String(number + 1), as: null })
            }
          >
            Next question
          </Button>
        </nav>
      )}
    </article>
  );
}
