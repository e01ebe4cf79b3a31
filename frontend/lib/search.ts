/** A text as a regular expression of PostgreSQL that finds just this text. */
export const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
