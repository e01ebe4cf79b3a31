import assert from "node:assert/strict";
import { test } from "node:test";
import { changesOf, rebased } from "./edits.ts";

const SEEN = { title: "A", text: "", kinds: ["video", "audio"] };

test("only what was changed is written", () => {
  assert.deepEqual(changesOf(SEEN, { ...SEEN, kinds: ["video", "audio"] }), {});
  assert.deepEqual(changesOf(SEEN, { ...SEEN, title: "B", kinds: ["text"] }), {
    title: "B",
    kinds: ["text"],
  });
});

test("what the other one changed stays where nothing was entered", () => {
  const theirs = { ...SEEN, text: "theirs" };
  assert.deepEqual(rebased(SEEN, { ...SEEN, title: "mine" }, theirs), {
    values: { title: "mine", text: "theirs", kinds: SEEN.kinds },
    disputed: [],
  });
});

test("what both have changed is disputed, unless they agree", () => {
  const theirs = { ...SEEN, title: "theirs", text: "same" };
  assert.deepEqual(rebased(SEEN, { ...SEEN, title: "mine", text: "same" }, theirs), {
    values: { title: "mine", text: "same", kinds: SEEN.kinds },
    disputed: ["title"],
  });
});
