import Papa from "papaparse";
import { addressesIn, MOST_ADDRESSES } from "./addresses.ts";
import type { Problem } from "./errors.ts";

/** What a file of candidates holds. */
export interface ReadFile {
  addresses: string[];
  /** Rows without an address. */
  blanks: number;
  /** What the header calls the column; null without a header. */
  header: string | null;
  /** Not UTF-8: names with accents may be wrong. */
  guessed: boolean;
}

// What the service takes, too.
const MOST_BYTES = 4 * 1024 * 1024;
// Rows that are enough to tell how a file is written.
const SAMPLE = 200;
// What a header may call the column, without blanks and signs; the likeliest first, since an
// "address" beside an "e-mail" is where somebody lives. The same list is in
// service/http/candidate_files.py; tests compare both with tests/samples/columns.json.
export const COLUMN_NAMES = [
  ...["email", "emailaddress", "emailadress", "emailadresse", "candidateemail", "emails"],
  ...["mail", "mailaddress", "mailadresse", "courriel", "correo", "address", "adresse"],
];
const ADDRESS = /^[^\s@,;]+@[^\s@,;]+$/;

/** Understands a file as spreadsheets save it, or says what is wrong with it. */
export async function readCandidates(file: File): Promise<ReadFile | Problem> {
  if (file.size > MOST_BYTES) {
    return unusable("The file is larger than 4 MB.", "Split it, or keep the addresses alone.");
  }
  const decoded = decode(new Uint8Array(await file.arrayBuffer()));
  if (!decoded) {
    return unusable(
      "This is not a text file.",
      "Save the list as CSV (UTF-8); spreadsheets offer that.",
    );
  }
  const rows = rowsOf(decoded.text);
  if (!Array.isArray(rows)) return rows;
  const found = columnOf(rows);
  if (!found) {
    return unusable(
      "No column of the file contains email addresses.",
      "Name the column of addresses “email” in the first row.",
    );
  }
  const cells = rows.slice(found.hasHeader ? 1 : 0).map((row) => (row[found.column] ?? "").trim());
  const addresses = cells.filter(Boolean).flatMap(addressesOf);
  if (addresses.length === 0) {
    return unusable("The file contains no addresses.", "Add them below the header.");
  }
  if (addresses.length > MOST_ADDRESSES) {
    return unusable("The file contains more than 10,000 addresses.", "Split it into several.");
  }
  return {
    addresses,
    blanks: cells.filter((cell) => !cell).length,
    header: found.hasHeader ? (rows[0]?.[found.column]?.trim() ?? null) : null,
    guessed: decoded.guessed,
  };
}

const unusable = (message: string, hint: string): Problem => ({
  slug: "unreadable_file",
  message,
  hint,
});

// A cell without a sign of an address stays whole: it is one mistake, not one a word.
const addressesOf = (cell: string): string[] =>
  cell.includes("@") ? addressesIn(cell) : [cell.slice(0, 1000)];

function decode(bytes: Uint8Array): { text: string; guessed: boolean } | null {
  const [first, second] = bytes;
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const encodings = marked ? [first === 0xff ? "utf-16le" : "utf-16be"] : ["utf-8", "windows-1252"];
  for (const encoding of encodings) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      return text.includes("\0") ? null : { text, guessed: encoding === "windows-1252" };
    } catch {
      // Then in the next one.
    }
  }
  return null;
}

function rowsOf(text: string): string[][] | Problem {
  const delimiter = delimiterOf(text);
  const { data, errors } = Papa.parse<string[]>(text, { delimiter, skipEmptyLines: "greedy" });
  const broken = errors.find(({ type }) => type === "Quotes");
  if (!broken) return data;
  // Such a quote would swallow the rows below it.
  return unusable(
    `A quote in row ${(broken.row ?? 0) + 1} of the file is never closed.`,
    'Put text that holds quotes into quotes, and double those inside: "say ""hello""".',
  );
}

/** The one with which most of the first rows hold an address in a cell of its own. */
function delimiterOf(text: string): string {
  const score = (delimiter: string): number => {
    const { data } = Papa.parse<string[]>(text, { delimiter, preview: SAMPLE });
    const found = data.filter((row) => row.some((cell) => ADDRESS.test(cell.trim()))).length;
    return 2 * found + (text.includes(delimiter) ? 1 : 0);
  };
  return [",", ";", "\t"].reduce((best, next) => (score(next) > score(best) ? next : best));
}

function columnOf(rows: string[][]): { column: number; hasHeader: boolean } | null {
  const names = (rows[0] ?? []).map((cell) => cell.replace(/[\W_]+/g, "").toLowerCase());
  const named = COLUMN_NAMES.find((name) => names.includes(name));
  if (named) return { column: names.indexOf(named), hasHeader: true };
  const counts: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      if (cell.includes("@")) counts[index] = (counts[index] ?? 0) + 1;
    }
  }
  const most = Math.max(0, ...counts.filter(Boolean));
  if (most === 0) return null;
  const column = counts.indexOf(most);
  // "Kontakt", and addresses below it.
  return { column, hasHeader: !rows[0]?.[column]?.includes("@") && rows.length > 1 };
}
