/** A word of a transcript, as the screens show it. */
export interface Word {
  text: string;
  /** Seconds from the beginning of the recording. */
  start: number;
  end: number;
  /** The engine was not sure of it. */
  doubtful: boolean;
}

/** A few words in a row, with the place of the first among all. */
export interface Passage {
  first: number;
  words: Word[];
}

// Below it, words are marked.
const SURE = 0.6;
// A passage ends with a sentence, at a pause, or before it is longer than one can overlook.
const SENTENCE_END = /[.!?…。！？]["'”’)\]]*$/;
const PAUSE_SECONDS = 2;
const MOST_WORDS = 40;

/** The words in the column of that name; none where it is anything else. */
export const wordsIn = (kept: unknown): Word[] =>
  Array.isArray(kept) ? kept.flatMap((entry) => wordIn(entry) ?? []) : [];

function wordIn(entry: unknown): Word | null {
  if (!Array.isArray(entry)) return null;
  const [text, start, end, probability]: unknown[] = entry;
  if (typeof text !== "string" || typeof start !== "number" || typeof end !== "number") return null;
  const doubtful = typeof probability === "number" && probability < SURE;
  return { text: text.trim(), start, end, doubtful };
}

/** All words, in passages. */
export function passagesOf(words: Word[]): Passage[] {
  const passages: Passage[] = [];
  let open: Passage | null = null;
  for (const [at, word] of words.entries()) {
    const before = words[at - 1];
    const paused = before !== undefined && word.start - before.end >= PAUSE_SECONDS;
    if (!open || paused || open.words.length >= MOST_WORDS) {
      open = { first: at, words: [] };
      passages.push(open);
    }
    open.words.push(word);
    if (SENTENCE_END.test(word.text)) open = null;
  }
  return passages;
}

/** The place of the word that is spoken at a second, or was last; -1 before the first. */
export function wordAt(words: Word[], second: number): number {
  let [from, to] = [0, words.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((words[middle]?.start ?? 0) <= second) from = middle + 1;
    else to = middle;
  }
  return from - 1;
}

/** How far into a recording something is, in percent. */
export const shareOf = (second: number, seconds: number): number =>
  seconds > 0 ? Math.max(0, Math.min(100, (100 * second) / seconds)) : 0;

/** The second that an address names; null where it names none. */
export const secondIn = (param: string | null | undefined): number | null =>
  /^\d{1,5}(\.\d{1,2})?$/.test(param ?? "") ? Number(param) : null;
