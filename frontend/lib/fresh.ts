/** What `latest_change` answers: a text that differs after each change, and how long ago it was. */
export interface Change {
  latest: string | null;
  seconds: number | null;
}

const OFTEN = 10;
const SELDOM = 60;

/** How long to wait before looking again, in milliseconds: longer while nothing happens. */
export const lookAfter = (change: Change | undefined): number => {
  const quiet = change ? (change.seconds ?? Number.POSITIVE_INFINITY) : 0;
  return 1000 * Math.min(Math.max(quiet / 6, OFTEN), SELDOM);
};

// A page may have been read by the server some time before the browser shows it.
const ON_ITS_WAY = 10;

/**
 * Whether something has changed since `known`, what was seen last; if nothing was seen yet, since
 * the page was opened so many seconds ago.
 */
export function hasChanged(now: Change, known: Change | null, openedAgo: number): boolean {
  if (known) return now.latest !== null && now.latest !== known.latest;
  return now.seconds !== null && now.seconds <= openedAgo + ON_ITS_WAY;
}

/** A page of a list, or more than that. */
export interface Listed {
  rows: unknown[];
  next?: string | null;
  previous?: string | null;
}
export type RowOf<Data extends Listed> = Data["rows"][number];

/** What a list shows and what was read of it since: each row where it stands, as it is by now. */
export function inPlace<Data extends Listed>(
  shown: Data,
  read: Data,
  idOf: (row: RowOf<Data>) => string,
): Data {
  const now = new Map(read.rows.map((row) => [idOf(row), row]));
  return {
    ...read,
    rows: shown.rows.map((row) => now.get(idOf(row)) ?? row),
    // The pages beside the rows that are shown.
    ...("next" in shown && { next: shown.next }),
    ...("previous" in shown && { previous: shown.previous }),
  };
}

/** How many of `ids`, a page as it was read last, are not shown; and how many shown are not there. */
export function awaitedOf(shown: string[], ids: string[]): { added: number; gone: number } {
  const missing = (of: string[], from: string[]) => {
    const known = new Set(from);
    return of.filter((id) => !known.has(id)).length;
  };
  return { added: missing(ids, shown), gone: missing(shown, ids) };
}
