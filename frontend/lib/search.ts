/** A text as a regular expression of PostgreSQL that finds just this text. */
export const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** A condition for `or()` of supabase-js: one of the columns has this text in it. */
export function foundIn(columns: string[], text: string): string {
  // Not ilike: PostgREST takes each * in its pattern for a wildcard. In quotes, because a comma or a
  // bracket would end it.
  const pattern = `"${literally(text).replace(/["\\]/g, "\\$&")}"`;
  return columns.map((column) => `${column}.imatch.${pattern}`).join();
}
