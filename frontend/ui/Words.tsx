import { Fragment } from "react";
import type { Word } from "@/lib/transcript";
import styles from "./Words.module.css";

interface WordsProps {
  words: Word[];
  /** The place of the one that is spoken now. */
  spoken?: number;
}

/** Words of a transcript, those marked of which the software was not sure. */
export const Words = ({ words, spoken = -1 }: WordsProps) =>
  words.map(({ text, start, doubtful }, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a word may come twice, and none moves
    <Fragment key={at}>
      <span
        className={[doubtful && styles.doubtful, at === spoken && styles.spoken]
          .filter(Boolean)
          .join(" ")}
        data-second={start}
      >
        {text}
        {doubtful && <span className={`unseen ${styles.told}`}> (not sure)</span>}
      </span>{" "}
    </Fragment>
  ));

/** What the dots mean. */
export const WordsLegend = () => (
  <p className="soft small">
    Written by software; it makes mistakes. Of{" "}
    <span className={styles.doubtful}>words like this</span> it wasn’t sure.
  </p>
);
