/** Where a page of a long list begins or ends: the time and the id of the row beside it. */
export interface Cursor {
  /** Whether the page comes after that row or before it, in the order of the list. */
  is: "after" | "before";
  /** Or what else the list is sorted by. */
  time: string;
  id: string;
}

/** Rows, and the cursors of the pages beside them; null where there is no such page. */
export interface Page<Row> {
  rows: Row[];
  next: string | null;
  previous: string | null;
}

const TEXT =
  /^((\d{4}-\d\d-\d\d)T[\d:.]+(?:Z|[+-](?:0\d|1[0-5])(?::[0-5]\d)?))~([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** The cursor that the address of a page has; null for the first page, or when it is none. */
export function cursorIn(
  after: string | null | undefined,
  before: string | null | undefined,
): Cursor | null {
  const [, time = "", day = "", id] = TEXT.exec(after ?? before ?? "") ?? [];
  return id && isDay(day) && !Number.isNaN(Date.parse(time))
    ? { is: after ? "after" : "before", time, id }
    : null;
}

const ENDS_WITH_ID = /^(.*)~([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/s;

/** The same for a list that is sorted by a text, like names. */
export function textCursorIn(
  after: string | null | undefined,
  before: string | null | undefined,
): Cursor | null {
  const [, text = "", id] = ENDS_WITH_ID.exec(after ?? before ?? "") ?? [];
  return id ? { is: after ? "after" : "before", time: text, id } : null;
}

/** JavaScript takes 30 February for 2 March; PostgreSQL refuses it, and the year 0. */
function isDay(day: string): boolean {
  const time = Date.parse(day);
  return !Number.isNaN(time) && day > "0001" && new Date(time).toISOString().startsWith(day);
}

// What paging needs of a query of supabase-js.
interface Pageable<Query> {
  gte(column: string, value: string): Query;
  lte(column: string, value: string): Query;
  or(filters: string): Query;
  order(column: string, options: { ascending: boolean }): Query;
  limit(count: number): Query;
}

/**
 * A page of a list, the latest first unless said otherwise, whose index ends with `time`. The
 * comparison with `time` alone lets the index find the row; the second one tells apart what was
 * written at one moment. One row more is read, which tells whether there is another page.
 */
export function pageFrom<Query extends Pageable<Query>>(
  query: Query,
  columns: { time: string; id: string },
  cursor: Cursor | null,
  size: number,
  { earliestFirst = false } = {},
): Query {
  const { time, id } = columns;
  const backwards = cursor?.is === "before";
  const ascending = backwards !== earliestFirst;
  const ordered = query
    .order(time, { ascending })
    .order(id, { ascending })
    .limit(size + 1);
  if (!cursor) return ordered;
  const bounded = ascending ? ordered.gte(time, cursor.time) : ordered.lte(time, cursor.time);
  const than = ascending ? "gt" : "lt";
  return bounded.or(`${time}.${than}."${cursor.time}",${id}.${than}.${cursor.id}`);
}

/** The page of which `read` has one row more than `size`, nearest to the cursor first. */
export function pageOf<Row>(
  read: Row[],
  textOf: (row: Row) => { time: string; id: string },
  cursor: Cursor | null,
  size: number,
): Page<Row> {
  const more = read.length > size;
  const rows = read.slice(0, size);
  const backwards = cursor?.is === "before";
  if (backwards) rows.reverse();
  const cursorOf = (row: Row | undefined): string | null => {
    if (!row) return null;
    const { time, id } = textOf(row);
    return `${time}~${id}`;
  };
  return {
    rows,
    next: more || backwards ? cursorOf(rows.at(-1)) : null,
    previous: (backwards ? more : cursor) ? cursorOf(rows[0]) : null,
  };
}
