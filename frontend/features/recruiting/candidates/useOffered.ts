import { useState } from "react";
import { type CandidatePage, STATES, type State } from "./reads";

const statesIn = (page: CandidatePage | undefined): State[] =>
  STATES.filter((state) => (page?.counts[state] ?? 0) > 0);

/**
 * The states that have somebody, as they were when the page was read for who looks at it: what others
 * do changes the numbers of the filters, but puts no other filter where somebody is about to click.
 */
export function useOffered(page: CandidatePage | undefined, reading: boolean): State[] {
  const [kept, setKept] = useState({ reading, states: statesIn(page) });
  if (kept.reading === reading) return kept.states;
  const now = { reading, states: reading ? kept.states : statesIn(page) };
  setKept(now);
  return now.states;
}
