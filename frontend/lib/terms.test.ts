import assert from "node:assert/strict";
import { test } from "node:test";
import { termsFault, termsIn } from "./terms.ts";

test("terms are lines, trimmed, each once", () => {
  assert.deepEqual(termsIn(["  lock ", "", " ", "queue", "lock"]), ["lock", "queue"]);
  assert.deepEqual(termsIn([""]), []);
});

test("there are at most 20 of at most 100 characters", () => {
  const terms = (count: number) => Array.from({ length: count }, (_, at) => `term ${at}`);
  assert.equal(termsFault([...terms(20), "", "term 1"]), "");
  assert.match(termsFault(terms(21)), /at most 20/);
  assert.equal(termsFault(["😀".repeat(100)]), "");
  assert.match(termsFault(["x".repeat(101)]), /100 characters/);
});
