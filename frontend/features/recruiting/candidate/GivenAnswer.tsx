import type { ReactNode } from "react";
import { KIND_NAMES } from "@/lib/questionSettings";
import { Moment } from "@/ui/Time";
import { Player, type Speed } from "./Player";
import styles from "./RecruiterCandidatePage.module.css";
import type { Response } from "./reads";
import type { Playing } from "./spoken/playing";
import { Spoken } from "./spoken/Spoken";

interface GivenAnswerProps {
  /** Null where the question was left out. */
  response: Response | null;
  speed: Speed;
  /** Called once some of the recording was played. */
  onPlayed: (id: string) => void;
  /** The id of what is played, for screen readers. */
  describedBy: string;
  /** The ids of all questions that are at hand; what was said is shown with them alone. */
  questions?: string[];
  /** Where to begin, in seconds. */
  at?: number;
  /** Below a player. */
  children?: ReactNode;
}

/** What somebody answered: a text, or a recording in a player. */
export function GivenAnswer(props: GivenAnswerProps) {
  const { response, speed, onPlayed, describedBy, questions, at = 0, children } = props;
  if (response === null) return <p className={styles.missing}>Not answered</p>;
  const { id, kind, take, answer, uploaded_at } = response;
  const player = (playing?: Playing) => (
    <>
      <Player
        response={response}
        speed={speed}
        onPlayed={() => onPlayed(id)}
        describedBy={describedBy}
        {...(playing && { playing })}
      />
      {children}
    </>
  );
  return (
    <>
      <p className={styles.facts}>
        <span>{KIND_NAMES[kind]}</span>
        {kind !== "text" && <span>Take {take}</span>}
        {uploaded_at && (
          <span>
            {kind === "text" ? "Written" : "Recorded"} <Moment at={uploaded_at} />
          </span>
        )}
      </p>
      {kind === "text" && (
        <p className="prewrap" dir="auto">
          {answer}
        </p>
      )}
      {kind !== "text" &&
        (questions ? (
          <Spoken response={response} questions={questions} at={at}>
            {player}
          </Spoken>
        ) : (
          player()
        ))}
    </>
  );
}
