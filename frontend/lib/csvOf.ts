export type Cell = string | number | null;

/** What is written into a file. */
export interface CsvTable {
  header: string[];
  rows: Cell[][];
}

// What makes a spreadsheet calculate, or run a program: in full width, too, and behind blanks and
// marks that are not seen, since some programs drop those.
const FORMULA = /^([\s\p{C}\p{Z}'"]*)(?=[=+\-@|＝＋－＠｜])/u;
// Behind what separates the columns for those who use a semicolon or a tab, or the rows. What is not
// seen matches also without a formula behind it: otherwise each tab of many would look through all.
const LATER = /([;\t\r\n][\s\p{C}\p{Z}'"]*)([=+\-@|＝＋－＠｜])?/gu;

/**
 * A table as CSV (RFC 4180), as spreadsheets open it: marked as UTF-8, and with an apostrophe before
 * what they would otherwise take for a formula. service/responses/export.py writes alike.
 */
export const csvOf = ({ header, rows }: CsvTable): string =>
  `\ufeff${[header, ...rows].map((row) => `${row.map(written).join(",")}\r\n`).join("")}`;

function written(cell: Cell): string {
  if (typeof cell !== "string") return String(cell ?? "");
  const harmless = cell
    .replace(FORMULA, "'$1")
    .replace(LATER, (found, before, sign) => (sign ? `${before}'${sign}` : found));
  return `"${harmless.replaceAll('"', '""')}"`;
}
