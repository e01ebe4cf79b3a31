import assert from "node:assert/strict";
import { test } from "node:test";
import { type Cursor, cursorIn, pageFrom, pageOf, textCursorIn } from "./keyset.ts";

const ID = "4e2f9a3c-0000-4000-8000-0123456789ab";
const TIME = "2026-11-26T18:17:24.123456+00:00";
const COLUMNS = { time: "created_at", id: "id" };
const AFTER: Cursor = { is: "after", time: TIME, id: ID };
const BEFORE: Cursor = { ...AFTER, is: "before" };

test("a cursor is read from the address, or is none", () => {
  assert.deepEqual(cursorIn(`${TIME}~${ID}`, null), AFTER);
  assert.deepEqual(cursorIn(undefined, `${TIME}~${ID}`), BEFORE);
  for (const text of [
    "",
    "oops",
    `${TIME}~`,
    `~${ID}`,
    `${TIME}~${ID}x`,
    `${TIME}",a.eq.1~${ID}`,
    `2026-01-01T::::Z~${ID}`,
    `99999999-01-01T00:00:00Z~${ID}`,
    `0000-01-01T00:00:00Z~${ID}`,
    `2026-02-30T00:00:00Z~${ID}`,
    `2026-13-01T00:00:00Z~${ID}`,
    `2026-01-01T25:00:00Z~${ID}`,
    `2026-01-01T00:00:00+99:00~${ID}`,
  ]) {
    assert.equal(cursorIn(text, null), null, text);
  }
  assert.equal(cursorIn(null, undefined), null);
});

/** Notes what a query is asked for. */
class Query {
  asked: string[] = [];
  note = (...words: unknown[]) => {
    this.asked.push(words.join(" "));
    return this;
  };
  gte = (column: string, value: string) => this.note(column, ">=", value);
  lte = (column: string, value: string) => this.note(column, "<=", value);
  or = (filters: string) => this.note(filters);
  order = (column: string, { ascending }: { ascending: boolean }) =>
    this.note(column, ascending ? "asc" : "desc");
  limit = (count: number) => this.note(count);
}

const asked = (cursor: Cursor | null, order = {}) =>
  pageFrom(new Query(), COLUMNS, cursor, 20, order).asked;

test("a page asks for one row more, from the cursor on, in its direction", () => {
  assert.deepEqual(asked(null), ["created_at desc", "id desc", "21"]);
  assert.deepEqual(asked(AFTER), [
    ...["created_at desc", "id desc", "21", `created_at <= ${TIME}`],
    `created_at.lt."${TIME}",id.lt.${ID}`,
  ]);
  assert.deepEqual(asked(BEFORE), [
    ...["created_at asc", "id asc", "21", `created_at >= ${TIME}`],
    `created_at.gt."${TIME}",id.gt.${ID}`,
  ]);
});

test("with the earliest first, after and before change places", () => {
  const order = { earliestFirst: true };
  assert.deepEqual(asked(null, order), ["created_at asc", "id asc", "21"]);
  assert.deepEqual(asked(AFTER, order), asked(BEFORE));
  assert.deepEqual(asked(BEFORE, order), asked(AFTER));
});

test("the cursor of a text takes the id from its end", () => {
  const row = { time: "o'neil ~ jr.\n", id: ID };
  assert.deepEqual(textCursorIn(`${row.time}~${ID}`, null), { is: "after", ...row });
  assert.deepEqual(textCursorIn(null, `~${ID}`), { is: "before", time: "", id: ID });
  for (const text of [null, "", ID, `a~${ID}b`]) assert.equal(textCursorIn(text, null), null);
});

const page = (read: string[], cursor: Cursor | null) =>
  pageOf(read, (row) => ({ time: row, id: row }), cursor, 2);

test("the row too many tells whether there is another page", () => {
  assert.deepEqual(page([], null), { rows: [], next: null, previous: null });
  assert.deepEqual(page(["c", "b"], null), { rows: ["c", "b"], next: null, previous: null });
  assert.deepEqual(page(["c", "b", "a"], null), { rows: ["c", "b"], next: "b~b", previous: null });
  assert.deepEqual(page(["c", "b"], AFTER), { rows: ["c", "b"], next: null, previous: "c~c" });
});

test("rows before a cursor come nearest first, and are shown latest first", () => {
  assert.deepEqual(page(["b", "c", "d"], BEFORE), {
    rows: ["c", "b"],
    next: "b~b",
    previous: "c~c",
  });
  assert.deepEqual(page(["b", "c"], BEFORE), { rows: ["c", "b"], next: "b~b", previous: null });
});
