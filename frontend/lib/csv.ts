import Papa from "papaparse";
import { MOST_ADDRESSES, oneLine, type Person } from "./addresses.ts";
import WORDS from "./candidateColumns.json" with { type: "json" };
import { isList, type Layout, layoutOf, type Question, Sheet, titleOf } from "./columns.ts";
import type { Problem } from "./errors.ts";

/** Addresses in a column that was not chosen. */
export interface OtherAddresses {
  column: number;
  header: string | null;
  addresses: number;
}

/** What a file of candidates holds. */
export interface ReadFile {
  people: Person[];
  /** What the header calls the column; null without a header. */
  header: string | null;
  encoding: "utf-8" | "utf-16" | "windows-1252" | "unknown";
  /** What invites nobody. */
  leftAside: {
    /** Rows above the header. */
    titles: number;
    rowsWithoutAddress: number;
    otherAddresses: OtherAddresses[];
    /** Names whose letters cannot be told. */
    names: number;
  };
}

// What the service takes, too.
const MOST_BYTES = 4 * 1024 * 1024;
// Rows and characters that are enough to tell how a file is written.
const SAMPLE = 200;
const SAMPLE_LETTERS = 65_536;
const DELIMITERS = Object.keys(WORDS.delimiters);
// What a spreadsheet writes above the rows to name the delimiter.
const SEP_LINE = /^"?sep=(.)"?(?:\n|$)/i;
// What may separate columns though we do not read it. Most of them are legal in an address.
const UNKNOWN_DELIMITERS = [..."^~#!*/\\&%:¦§"];
// Letters that Windows-1252 has where other encodings have other letters of names.
const SURE = /^[ -~À-ÖØ-öø-ÿ’]*$/;
const ASCII = /^[ -~]*$/;

/**
 * Understands a file as spreadsheets save it, says what is wrong with it, or asks which column has
 * the addresses. `column` is the answer. service/http/candidate_files.py reads alike.
 */
export async function readCandidates(
  file: File,
  column?: number,
): Promise<ReadFile | Question | Problem> {
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
  const rows = rowsOf(decoded.text.replace(/\r\n?/g, "\n"));
  if (!Array.isArray(rows)) return rows;
  const sheet = new Sheet(rows);
  const layout = layoutOf(sheet, column);
  if (!layout) {
    return unusable(
      "No column of the file contains email addresses.",
      "Name the column of addresses “email” in the first row, and separate the columns by commas, semicolons, tabs or |.",
    );
  }
  if (!("header" in layout)) return layout;
  const read = readRows(sheet, layout, decoded.encoding);
  if (read.people.length === 0) {
    return unusable("The file contains no addresses.", "Add them below the header.");
  }
  if (read.people.length > MOST_ADDRESSES) {
    return unusable("The file contains more than 10,000 addresses.", "Split it into several.");
  }
  return read;
}

const unusable = (message: string, hint: string): Problem => ({
  slug: "unreadable_file",
  message,
  hint,
});

type Encoding = ReadFile["encoding"];

function decode(bytes: Uint8Array): { text: string; encoding: Encoding } | null {
  const [first, second] = bytes;
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const hasNul = bytes.includes(0);
  const utf16 = first === 0xff ? ["utf-16le"] : ["utf-16be"];
  const unmarked = hasNul ? ["utf-16le", "utf-16be"] : ["utf-8"];
  for (const name of marked ? utf16 : unmarked) {
    try {
      const text = new TextDecoder(name, { fatal: true }).decode(bytes);
      const isText = !text.includes("\0") && (marked || !hasNul || text.includes("@"));
      if (isText) return { text, encoding: name === "utf-8" ? "utf-8" : "utf-16" };
    } catch {
      // Then in the next one.
    }
  }
  if (marked || hasNul) return null;
  // Any other encoding has the addresses, which are ASCII, where this one has them.
  return { text: new TextDecoder("windows-1252").decode(bytes), encoding: "windows-1252" };
}

function rowsOf(text: string): string[][] | Problem {
  const said = SEP_LINE.exec(text);
  const [line = "", named] = said ?? [];
  if (named && !DELIMITERS.includes(named)) return unknownDelimiter(named);
  const body = text.slice(line.length);
  const delimiter = named ?? delimiterOf(body);
  const { data, errors } = Papa.parse<string[]>(body, { delimiter, newline: "\n" });
  const broken = errors.find(({ type }) => type === "Quotes");
  if (broken) {
    const lines = body.split("\n");
    // Not a table but a list, in which quotes are part of names: "Doe, Jane" <jane@…>.
    if (lines.every((line) => !line.trim() || line.includes("@"))) return lines.map((one) => [one]);
    // Such a quote would swallow the rows below it.
    return unusable(
      `A quote in row ${(broken.row ?? 0) + 1} of the file is never closed.`,
      'Put text that holds quotes into quotes, and double those inside: "say ""hello""".',
    );
  }
  const filled = data.filter((row) => row.join("").trim());
  if (filled.length > 1 && data.every((row) => row.length < 2)) {
    const cells = filled.map(([cell = ""]) => cell.replace(/mailto:/gi, ""));
    const mark = UNKNOWN_DELIMITERS.find((mark) => cells.every((cell) => cell.includes(mark)));
    if (mark) return unknownDelimiter(mark);
  }
  return data;
}

const unknownDelimiter = (mark: string): Problem =>
  unusable(
    `The columns of the file are separated by ${mark}, which is not read.`,
    "Save it with commas, semicolons, tabs or | between the columns.",
  );

/** The one with which the first rows have most addresses in cells of their own. */
function delimiterOf(text: string): string {
  const sample = text.slice(0, SAMPLE_LETTERS);
  const score = (delimiter: string): number => {
    const { data, errors } = Papa.parse<string[]>(sample, { delimiter, preview: SAMPLE });
    // The sample may end within quotes.
    if (sample === text && errors.some(({ type }) => type === "Quotes")) return -1;
    const sheet = new Sheet(data);
    const lists = sheet.people.flatMap((found) => [...found.values()]).filter(isList);
    return 2 * lists.flat().length + (sample.includes(delimiter) ? 1 : 0);
  };
  return DELIMITERS.map((delimiter) => ({ delimiter, score: score(delimiter) })).reduce(
    (best, next) => (next.score > best.score ? next : best),
  ).delimiter;
}

function readRows(sheet: Sheet, layout: Layout, encoding: Encoding): ReadFile {
  const first = layout.header === null ? 0 : layout.header + 1;
  const isFilled = (row: string[]) => row.some((cell) => cell.trim());
  const people: Person[] = [];
  let rowsWithoutAddress = 0;
  for (let row = first; row < sheet.rows.length; row += 1) {
    const found = layout.columns.flatMap((column) => sheet.inCell(row, column));
    const [one, ...more] = found;
    if (one && more.length === 0 && one.name === null) {
      const cells = layout.names.map((column) => sheet.rows[row]?.[column] ?? "");
      people.push({ email: one.email, name: oneLine(cells.join(" ")) });
    } else people.push(...found);
    if (!one && isFilled(sheet.rows[row] ?? [])) rowsWithoutAddress += 1;
  }
  const unsure = encoding === "windows-1252" && people.some(({ name }) => !SURE.test(name ?? ""));
  const isLeftOut = ({ name }: Person) => unsure && !ASCII.test(name ?? "");
  const [column = 0] = layout.columns;
  return {
    people: people.map((person) => (isLeftOut(person) ? { ...person, name: null } : person)),
    header: titleOf(sheet, layout.header, column),
    encoding: unsure ? "unknown" : encoding,
    leftAside: {
      titles: sheet.rows.slice(0, layout.header ?? 0).filter(isFilled).length,
      rowsWithoutAddress,
      otherAddresses: [...sheet.addresses(first)]
        .filter(([other, addresses]) => addresses > 0 && !layout.columns.includes(other))
        .sort(([a], [b]) => a - b)
        .map(([other, addresses]) => ({
          column: other,
          header: titleOf(sheet, layout.header, other),
          addresses,
        })),
      names: people.filter(isLeftOut).length,
    },
  };
}
