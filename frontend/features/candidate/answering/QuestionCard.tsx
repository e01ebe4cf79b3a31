"use client";

import { type AnswerState, answerState, currentTake, takesLeft } from "@/lib/answers";
import { length } from "@/lib/recording";
import { Badge, type Tone } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { useParams } from "@/ui/useParams";
import type { Question } from "../participations";
import type { Answers } from "./Answering";
import { CheckNote } from "./CheckNote";
import { OwnAnswer } from "./OwnAnswer";
import styles from "./QuestionCard.module.css";
import { AGAIN } from "./useAgain";

const STATES: Record<Exclude<AnswerState, "open">, { tone: Tone; text: string }> = {
  answered: { tone: "good", text: "Answered" },
  recorded: { tone: "warn", text: "Recorded, not sent yet" },
  sending: { tone: "accent", text: "Sending" },
  waiting: { tone: "warn", text: "Waiting for the connection" },
  refused: { tone: "bad", text: "Not sent" },
};

interface QuestionCardProps {
  question: Question;
  number: number;
  seconds: number;
  answers: Answers;
  answerable: boolean;
}

/** A question in the overview, with what became of its answer. */
export function QuestionCard({
  question,
  number,
  seconds,
  answers,
  answerable,
}: QuestionCardProps) {
  const { participation, responses, pending, known, accommodation, checks } = answers;
  const { push } = useParams();
  const state = answerState(question.id, responses, pending);
  const take = currentTake(question.id, responses);
  const sending = known.recordings.find(({ questionId }) => questionId === question.id);
  const records = participation.interview.response_kinds.some((kind) => kind !== "text");
  // Time to prepare begins when the question is first read.
  const hidden = question.preparation_seconds > 0 && state === "open" && answerable;
  const left = takesLeft(question, responses, accommodation);
  const more =
    take?.kind === "text" || left > 0 || participation.interview.response_kinds.includes("text");
  const finish = state === "recorded" || state === "refused";
  const action = finish ? "Look at it" : state === "answered" ? "Change" : "Answer";
  return (
    <li className={styles.question}>
      <span className={styles.number} aria-hidden="true">
        {number}
      </span>
      <div className={styles.content}>
        {hidden ? (
          <p className={`soft ${styles.text}`}>
            You see this question when you begin it. Then you have{" "}
            {length(question.preparation_seconds)} to prepare.
          </p>
        ) : (
          <p className={`prewrap ${styles.text}`} dir="auto">
            {question.question}
          </p>
        )}
        <p className={styles.limits}>
          {question.required ? "Required" : "Optional"}
          {records && ` · up to ${length(seconds)} · ${takesText(question, left, state)}`}
        </p>
        <div className={styles.foot}>
          {state !== "open" && <Badge tone={STATES[state].tone}>{STATES[state].text}</Badge>}
          {state === "sending" && sending && (
            <progress
              className={styles.progress}
              aria-label={`Sending the answer to question ${number}`}
              max={sending.bytes || 1}
              value={sending.sentBytes}
            />
          )}
          {(finish || (answerable && more && state !== "sending" && state !== "waiting")) && (
            <Button
              variant="secondary"
              small
              aria-label={`${action}: question ${number}`}
              onClick={() => push({ question: String(number) })}
            >
              {action}
            </Button>
          )}
          {take && state === "answered" && <OwnAnswer take={take} number={number} />}
          {take && take.kind !== "text" && state === "answered" && (
            <CheckNote
              take={take}
              number={number}
              check={checks.get(take.id)}
              mayRecord={answerable && left > 0}
              onAgain={() => push({ question: String(number), as: AGAIN })}
            />
          )}
        </div>
      </div>
    </li>
  );
}

function takesText({ max_takes }: Question, left: number, state: AnswerState): string {
  if (state === "open") return left === 1 ? "1 take" : `${Math.max(left, 0)} takes`;
  if (left === 0) return "no takes left";
  return left < max_takes ? `${left} more ${left === 1 ? "take" : "takes"}` : `${left} takes`;
}
