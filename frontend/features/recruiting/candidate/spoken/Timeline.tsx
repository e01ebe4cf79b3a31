import { shareOf } from "@/lib/transcript";
import styles from "./Spoken.module.css";

interface TimelineProps {
  /** How long the recording is. */
  seconds: number;
  /** Where the player is. */
  second: number | null;
  marks: number[];
}

/** Where in a recording something was found. The same is said by buttons, for everybody. */
export const Timeline = ({ seconds, second, marks }: TimelineProps) => (
  <svg
    className={styles.timeline}
    viewBox="0 0 100 8"
    preserveAspectRatio="none"
    aria-hidden="true"
    data-marks={marks.length}
  >
    <rect className={styles.track} y="3" width="100" height="2" />
    {marks.map((mark) => (
      <rect
        key={mark}
        className={styles.mark}
        x={shareOf(mark, seconds) * 0.99}
        width="1"
        height="8"
      />
    ))}
    {second !== null && (
      <rect className={styles.head} x={shareOf(second, seconds) * 0.995} width="0.5" height="8" />
    )}
  </svg>
);
