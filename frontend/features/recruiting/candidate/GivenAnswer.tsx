import { KIND_NAMES } from "@/lib/questionSettings";
import { Moment } from "@/ui/Time";
import { Player, type Speed } from "./Player";
import styles from "./RecruiterCandidatePage.module.css";
import type { Response } from "./reads";

interface GivenAnswerProps {
  /** Null where the question was left out. */
  response: Response | null;
  speed: Speed;
  /** Called once some of the recording was played. */
  onPlayed: (id: string) => void;
  /** The id of what is played, for screen readers. */
  describedBy: string;
}

/** What somebody answered: a text, or a recording in a player. */
export function GivenAnswer({ response, speed, onPlayed, describedBy }: GivenAnswerProps) {
  if (response === null) return <p className={styles.missing}>Not answered</p>;
  const { id, kind, take, answer, uploaded_at } = response;
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
      {kind === "text" ? (
        <p className="prewrap" dir="auto">
          {answer}
        </p>
      ) : (
        <Player
          response={response}
          speed={speed}
          onPlayed={() => onPlayed(id)}
          describedBy={describedBy}
        />
      )}
    </>
  );
}
