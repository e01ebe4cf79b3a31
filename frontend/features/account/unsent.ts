import { draftKeys } from "@/lib/drafts";

/** The database in which an account's recordings wait: one each, which nobody else opens. */
export const databaseFor = (accountId: string): string => `hirevision-recordings-${accountId}`;

/** The interviews of an account's recordings that wait on this device, one entry a recording. */
export async function unsentInterviews(accountId: string): Promise<string[]> {
  try {
    const known = await indexedDB.databases();
    if (!known.some(({ name }) => name === databaseFor(accountId))) return [];
    // No page has to load it where nothing waits.
    const { openShelf } = await import("./deviceRecordings");
    const shelf = await openShelf(accountId);
    return (await shelf.all()).map(({ interviewId }) => interviewId);
  } catch {
    // A browser that keeps nothing, or does not say what it keeps.
    return [];
  }
}

/** The name of drafts of written answers: what has not arrived yet. */
export const WRITTEN = "answer";

/** What an account would leave behind, or lose, by signing out. */
export interface Unsent {
  recordings: number;
  texts: number;
}

export const unsentOf = async (accountId: string): Promise<Unsent> => ({
  recordings: (await unsentInterviews(accountId)).length,
  texts: draftKeys(accountId, `${WRITTEN}:`).length,
});
