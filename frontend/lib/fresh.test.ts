import assert from "node:assert/strict";
import { test } from "node:test";
import { awaitedOf, hasChanged, inPlace, lookAfter } from "./fresh.ts";

test("a page is looked after more seldom the longer nothing happens", () => {
  assert.equal(lookAfter(undefined), 10_000);
  assert.equal(lookAfter({ latest: "a", seconds: 5 }), 10_000);
  assert.equal(lookAfter({ latest: "a", seconds: 180 }), 30_000);
  assert.equal(lookAfter({ latest: "a", seconds: 3000 }), 60_000);
  assert.equal(lookAfter({ latest: null, seconds: null }), 60_000);
});

test("the first answer tells by its age whether the page is out of date", () => {
  assert.equal(hasChanged({ latest: "a", seconds: 12 }, null, 10), true);
  assert.equal(hasChanged({ latest: "a", seconds: 30 }, null, 10), false);
  assert.equal(hasChanged({ latest: null, seconds: null }, null, 10), false);
});

test("the others tell by their text; that all is an hour old is no news", () => {
  const known = { latest: "a", seconds: 1 };
  assert.equal(hasChanged({ latest: "a", seconds: 100 }, known, 0), false);
  assert.equal(hasChanged({ latest: "b", seconds: 1 }, known, 0), true);
  assert.equal(hasChanged({ latest: null, seconds: null }, known, 0), false);
  assert.equal(hasChanged(known, { latest: null, seconds: null }, 0), true);
});

test("rows are changed where they stand; new ones wait, and so do those that are gone", () => {
  const row = (id: string, state: string) => ({ id, state });
  const shown = { rows: [row("b", "old"), row("a", "old")], next: "a", previous: null, total: 2 };
  const read = { rows: [row("c", "new"), row("b", "new")], next: "b", previous: null, total: 3 };
  assert.deepEqual(
    inPlace(shown, read, ({ id }) => id),
    { rows: [row("b", "new"), row("a", "old")], next: "a", previous: null, total: 3 },
  );
  assert.deepEqual(
    inPlace({ rows: shown.rows }, { rows: read.rows }, ({ id }) => id),
    {
      rows: [row("b", "new"), row("a", "old")],
    },
  );
  assert.deepEqual(awaitedOf(["b", "a"], ["c", "b"]), { added: 1, gone: 1 });
  assert.deepEqual(awaitedOf(["b", "a"], ["a", "b"]), { added: 0, gone: 0 });
});
