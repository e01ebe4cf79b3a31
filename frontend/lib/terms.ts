// As the database has it.
const MOST = 20;
const LONGEST = 100;

/** The terms that were typed, one a line; each once. */
export const termsIn = (lines: string[]): string[] => [
  ...new Set(lines.map((line) => line.trim()).filter(Boolean)),
];

/** What is wrong with them; empty when nothing is. */
export function termsFault(lines: string[]): string {
  const terms = termsIn(lines);
  if (terms.length > MOST) return `Enter at most ${MOST}, one per line.`;
  // In characters, as the database counts them.
  const long = terms.some((term) => Array.from(term).length > LONGEST);
  return long ? `Shorten each to ${LONGEST} characters.` : "";
}
