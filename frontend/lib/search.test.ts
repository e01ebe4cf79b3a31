import assert from "node:assert/strict";
import { test } from "node:test";
import { literally } from "./search.ts";

test("a text that is searched for finds itself and nothing else", () => {
  for (const text of [
    "*",
    "a.b+c@d.example",
    "%_",
    "\\",
    '"',
    ",",
    ")",
    "([{|}])",
    "^$?",
    "(?i)",
    "é-",
  ]) {
    assert.match(text, new RegExp(`^${literally(text)}$`, "v"));
    assert.doesNotMatch("x", new RegExp(`^${literally(text)}$`, "v"));
  }
});
