import { oneLine, type Person, peopleIn } from "./addresses.ts";
// A copy of service/http/candidate_columns.json; tests compare them.
import WORDS from "./candidateColumns.json" with { type: "json" };

/** A column that may hold the addresses, with its first values. */
export interface PossibleColumn {
  /** From 0. */
  index: number;
  header: string | null;
  values: string[];
}

/** What only a person can tell: which of these columns holds the candidates' addresses. */
export interface Question {
  columns: PossibleColumn[];
}

export interface Layout {
  /** The row of the header; null without one. */
  header: number | null;
  /** Those of addresses: one, or all of a list without a header. */
  columns: number[];
  /** Those of names, in the order in which they are joined. */
  names: number[];
}

// Rows among which the header is looked for, below titles.
const TOP = 20;
// Values of a column that tell a person which it is.
const EXAMPLES = 3;
// What an unknown word above addresses may be made of. More likely a mistyped address otherwise.
const WORD = /^[^\d@.]*[^\d@.\s][^\d@.]*$/;
const SHAPE = /^[-\w.!#$%&'*+/=?^`{}~]+@[^\s@]+\.[^\s@.]+$/;

const hasAddress = ({ email }: Person): boolean => SHAPE.test(email);

/** Whether these are addresses and nothing else. */
export const isList = (found: Person[]): boolean => found.length > 0 && found.every(hasAddress);

/** The rows of a file, with the people in each cell that has an @. */
export class Sheet {
  readonly rows: string[][];
  readonly people: Map<number, Person[]>[];

  constructor(rows: string[][]) {
    this.rows = rows;
    this.people = rows.map(
      (row) =>
        new Map(
          row.flatMap((cell, column) => (cell.includes("@") ? [[column, peopleIn(cell)]] : [])),
        ),
    );
  }

  /** Whether a cell of the row holds addresses and nothing else. */
  isList(row: number): boolean {
    return [...(this.people[row]?.values() ?? [])].some(isList);
  }

  /** Who is in a cell. Without an @ the whole cell is one mistake. */
  inCell(row: number, column: number): Person[] {
    const found = this.people[row]?.get(column);
    if (found) return found;
    const text = oneLine((this.rows[row]?.[column] ?? "").slice(0, 1000));
    return text ? [{ email: text, name: null }] : [];
  }

  /** How many addresses each column holds from a row on. */
  addresses(from: number): Map<number, number> {
    const counts = new Map<number, number>();
    for (const found of this.people.slice(from)) {
      for (const [column, people] of found) {
        count(counts, column, people.filter(hasAddress).length);
      }
    }
    return counts;
  }
}

/**
 * Chooses the columns by their headers and by what they hold, or asks when several are possible.
 * `chosen` is the answer. service/http/candidate_columns.py chooses alike, with the same words.
 */
export function layoutOf(sheet: Sheet, chosen?: number): Layout | Question | null {
  const header = headerOf(sheet);
  const titles = header === null ? [] : (sheet.rows[header] ?? []);
  const possible = chosen === undefined ? possibleColumns(sheet, header) : [chosen];
  if (possible === null) return null;
  if ("asked" in possible) {
    return { columns: possible.asked.map((index) => described(sheet, header, index)) };
  }
  const [column = 0, ...others] = possible;
  // Nothing says that it is a header, but what stands below it.
  const isWord = others.length === 0 && WORD.test(titleOf(sheet, header, column) ?? "");
  const known = titles.some(isEmail) || isWord;
  return {
    header: known ? header : null,
    columns: possible,
    names: known ? namesIn(titles.map(key), possible) : [],
  };
}

/** What the header calls a column. */
export const titleOf = (sheet: Sheet, header: number | null, column: number): string | null =>
  header === null ? null : oneLine(sheet.rows[header]?.[column] ?? "");

/** The first row with a known word above the addresses, or else the fullest. */
function headerOf(sheet: Sheet): number | null {
  const top = sheet.rows.slice(0, TOP);
  const filled = top.map((row) => row.filter((cell) => cell.trim()).length);
  const list = top.findIndex((_, row) => sheet.isList(row));
  const first = list < 0 ? top.length : list;
  for (const [at, row] of top.entries()) {
    // Rows above a header are titles, which have fewer cells.
    if (at > first && Math.max(...filled.slice(0, at)) >= (filled[at] ?? 0)) break;
    if (row.some(isEmail) && !sheet.isList(at)) return at;
  }
  const above = [...filled.keys()].filter(
    (row) => row < first && filled[row] && !sheet.people[row]?.size,
  );
  const fullest = Math.max(...above.map((row) => filled[row] ?? 0));
  return above.find((row) => filled[row] === fullest) ?? null;
}

/** The column that can be meant, those of a list, or what to ask; null when there is none. */
function possibleColumns(
  sheet: Sheet,
  header: number | null,
): number[] | { asked: number[] } | null {
  const titles = header === null ? [] : (sheet.rows[header] ?? []);
  const { filled, holding, at } = counted(sheet, header);
  const named = [...titles.keys()].filter((column) => isEmail(titles[column] ?? ""));
  const isOthers = (column: number) => isOther(titles[column] ?? "");
  const own = named.filter((column) => !isOthers(column));
  const full = [...holding.keys()]
    .filter(
      (c) =>
        (holding.get(c) ?? 0) > 0 &&
        (named.includes(c) || 2 * (holding.get(c) ?? 0) >= (filled.get(c) ?? 0)),
    )
    .sort(ascending);
  let possible = full.filter((column) => !isOthers(column));
  if (possible.some((column) => named.includes(column))) {
    // Some have an address in place of their name.
    possible = possible.filter(
      (c) => named.includes(c) || !WORDS.name.includes(key(titles[c] ?? "")),
    );
  }
  if (possible.length === 0 && full.length > 0) return { asked: full };
  const [only, ...more] = possible;
  if (only !== undefined && more.length === 0) {
    if (named.includes(only) || own.length === 0) return possible;
    return { asked: [only, ...own].sort(ascending) };
  }
  if (only !== undefined && header === null && isAllAddresses(sheet)) return possible;
  // Without an address that is one, the mistakes are shown.
  if (possible.length === 0) possible = own;
  if (possible.length === 0) possible = [...at.keys()].sort(ascending);
  if (possible.length === 0) return null;
  return possible.length > 1 ? { asked: possible } : possible;
}

/** How many cells of each column are filled, hold an address, and have an @. */
function counted(sheet: Sheet, header: number | null) {
  const counts = {
    filled: new Map<number, number>(),
    holding: new Map<number, number>(),
    at: new Map<number, number>(),
  };
  for (let row = header === null ? 0 : header + 1; row < sheet.rows.length; row += 1) {
    for (const [column, cell] of (sheet.rows[row] ?? []).entries()) {
      if (cell.trim()) count(counts.filled, column);
    }
    for (const [column, people] of sheet.people[row] ?? []) {
      count(counts.at, column);
      if (people.some(hasAddress)) count(counts.holding, column);
    }
  }
  return counts;
}

/** Whether the file is nothing but a list. */
const isAllAddresses = (sheet: Sheet): boolean =>
  sheet.rows.every((row, at) =>
    row.every((_, column) => sheet.inCell(at, column).every(hasAddress)),
  );

/** The columns of names: the likeliest word that occurs, or first and last name. */
function namesIn(titles: string[], columns: number[]): number[] {
  const place = (words: string[]): number => {
    const word = words.find((word) => titles.includes(word));
    return word === undefined ? -1 : titles.indexOf(word);
  };
  const first = place(WORDS.first_name);
  const last = place(WORDS.last_name);
  const whole = place(WORDS.name);
  // "First name" beside "Name".
  const found = whole >= 0 && (first < 0 || last < 0) ? [first, whole] : [first, last];
  return found.filter((column) => column >= 0 && !columns.includes(column));
}

function described(sheet: Sheet, header: number | null, index: number): PossibleColumn {
  const cells = sheet.rows
    .slice(header === null ? 0 : header + 1)
    .map((row) => (row[index] ?? "").trim().slice(0, 100));
  const values = [...new Set(cells.filter(Boolean))].slice(0, EXAMPLES);
  return { index, header: titleOf(sheet, header, index), values };
}

const count = (counts: Map<number, number>, column: number, more = 1) =>
  counts.set(column, (counts.get(column) ?? 0) + more);

const ascending = (a: number, b: number): number => a - b;

/** A header without blanks and signs. */
const key = (title: string): string => title.replace(/[^\p{L}\p{N}]+/gu, "").toLowerCase();

function isEmail(title: string): boolean {
  const words = key(title);
  if (words.length > 60) return false;
  return WORDS.email_exactly.includes(words) || WORDS.email.some((word) => words.includes(word));
}

/** Whether a header speaks of someone who is not a candidate. */
const isOther = (title: string): boolean =>
  WORDS.other_people.some((word) => key(title).includes(word));
