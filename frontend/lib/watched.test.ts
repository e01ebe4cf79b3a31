import assert from "node:assert/strict";
import { test } from "node:test";
import { watchedIn, watchedKey, withWatched } from "./watched.ts";

test("what was watched is kept once, for each account", () => {
  let kept = withWatched(null, "a");
  for (const id of ["b", "a", "b"]) kept = withWatched(kept, id);
  assert.deepEqual([...watchedIn(kept)], ["a", "b"]);
  assert.notEqual(watchedKey("one"), watchedKey("other"));
});

test("nothing was watched yet", () => {
  for (const kept of [null, "", " "]) assert.equal(watchedIn(kept).size, 0);
});

test("of very many, the oldest are forgotten", () => {
  let kept = "first";
  for (let number = 1; number <= 5000; number += 1) kept = withWatched(kept, `n${number}`);
  const watched = watchedIn(kept);
  assert.equal(watched.size, 5000);
  assert.ok(!watched.has("first") && watched.has("n1") && watched.has("n5000"));
});
