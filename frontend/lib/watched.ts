/** Where a browser keeps which responses an account has watched or read in it. */
export const watchedKey = (accountId: string): string => `hirevision:watched:${accountId}`;

// The oldest are forgotten first: storage is small, and they were judged long ago.
const MOST = 5000;

/** The ids in what was kept. */
export const watchedIn = (kept: string | null): Set<string> =>
  new Set((kept ?? "").split(" ").filter(Boolean));

/** What to keep once another one was watched. */
export const withWatched = (kept: string | null, id: string): string =>
  [...watchedIn(kept).add(id)].slice(-MOST).join(" ");

/** Where a browser keeps which takes an account wants to leave as they are; as above. */
export const keptKey = (accountId: string): string => `hirevision:kept:${accountId}`;
