import type { ReactNode } from "react";
import { Checkbox } from "@/ui/Field";
import styles from "./RecruiterCandidatePage.module.css";
import type { Turns } from "./useTurns";

interface QuestionListProps {
  turns: Turns;
  questions: { id: string; question: string; state?: ReactNode }[];
  /** Below the list. */
  children?: ReactNode;
}

/** All questions, each a link that opens it. */
export function QuestionList({ turns, questions, children }: QuestionListProps) {
  return (
    <nav className={styles.list} aria-label="Questions">
      <ol>
        {questions.map(({ id, question, state }, at) => (
          <li key={id}>
            <a
              {...turns.linkTo(at)}
              className={styles.entry}
              aria-current={at === turns.place ? "true" : undefined}
            >
              <span className={styles.place}>{at + 1}</span>
              <span className={styles.clamped} dir="auto">
                {question}
              </span>
              {state}
            </a>
          </li>
        ))}
      </ol>
      {children}
    </nav>
  );
}

interface QuestionHeadingProps {
  id: string;
  turns: Turns;
  children: string;
}

/** The question that is open. */
export function QuestionHeading({ id, turns, children }: QuestionHeadingProps) {
  return (
    <div>
      <p className="soft small">
        Question {turns.place + 1} of {turns.of}
      </p>
      <h2 id={id} className={`prewrap ${styles.question}`} dir="auto" tabIndex={-1}>
        {children}
      </h2>
    </div>
  );
}

/** Leads to the questions beside the one that is open. */
export function QuestionTurns({ turns }: { turns: Turns }) {
  const { place, of, linkTo, keys, setKeys } = turns;
  return (
    <>
      <div className={styles.turn}>
        {place > 0 && (
          <a {...linkTo(place - 1)} rel="prev">
            Previous question
          </a>
        )}
        {place < of - 1 && (
          <a {...linkTo(place + 1)} rel="next" className={styles.next}>
            Next question
          </a>
        )}
      </div>
      <Checkbox
        label={
          <span className="soft small">
            Keys: <kbd>J</kbd> for the next question, <kbd>K</kbd> for the previous one
          </span>
        }
        checked={keys}
        onChange={(event) => setKeys(event.target.checked)}
      />
    </>
  );
}
