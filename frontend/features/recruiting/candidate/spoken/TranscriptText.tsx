import { type MouseEvent, memo, useEffect, useMemo, useRef } from "react";
import { clock } from "@/lib/recording";
import { type Passage, passagesOf, type Word, wordAt } from "@/lib/transcript";
import { Words } from "@/ui/Words";
import styles from "./Spoken.module.css";

interface TranscriptProps {
  words: Word[];
  /** Where the player is; null before it was opened. */
  second: number | null;
  onSeek: (second: number) => void;
}

/** A transcript whose words lead to where they are said. */
export function TranscriptText({ words, second, onSeek }: TranscriptProps) {
  const passages = useMemo(() => passagesOf(words), [words]);
  const spoken = second === null ? -1 : wordAt(words, second);
  const box = useRef<HTMLOListElement>(null);
  const open = passages.findLastIndex(({ first }) => first <= spoken);
  // It goes along with the player, within its box alone: the page stays where it is.
  useEffect(() => {
    const list = box.current;
    const entry = open < 0 ? null : (list?.children[open] as HTMLElement | undefined);
    if (!list || !entry) return;
    const top = entry.offsetTop - list.offsetTop;
    const seen =
      top >= list.scrollTop && top + entry.offsetHeight <= list.scrollTop + list.clientHeight;
    if (!seen) list.scrollTop = top;
  }, [open]);
  return (
    <ol className={styles.passages} ref={box}>
      {passages.map((passage, at) => (
        <PassageLine
          key={passage.first}
          passage={passage}
          spoken={at === open ? spoken - passage.first : -1}
          onSeek={onSeek}
        />
      ))}
    </ol>
  );
}

interface PassageLineProps {
  passage: Passage;
  spoken: number;
  onSeek: (second: number) => void;
}

// Only the one that is spoken is drawn again.
const PassageLine = memo(function PassageLine({ passage, spoken, onSeek }: PassageLineProps) {
  const start = passage.words[0]?.start ?? 0;
  const seekWord = ({ target }: MouseEvent) => {
    const word = target instanceof Element && target.closest<HTMLElement>("[data-second]");
    // Somebody may mark words to copy them.
    if (word && window.getSelection()?.isCollapsed !== false) onSeek(Number(word.dataset.second));
  };
  return (
    <li className={styles.passage} aria-current={spoken >= 0 ? "true" : undefined}>
      <SeekButton second={start} onSeek={onSeek} />
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the button does so for its sentence */}
      <p dir="auto" className={styles.words} onClick={seekWord}>
        <Words words={passage.words} spoken={spoken} />
      </p>
    </li>
  );
});

interface SeekButtonProps {
  second: number;
  onSeek: (second: number) => void;
}

/** Plays from a second on. */
export const SeekButton = ({ second, onSeek }: SeekButtonProps) => (
  <button
    type="button"
    className={styles.time}
    aria-label={`Play from ${clock(second)}`}
    onClick={() => onSeek(second)}
  >
    {clock(second)}
  </button>
);
