import assert from "node:assert/strict";
import { test } from "node:test";
import { foundIn, literally } from "./search.ts";

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

test("a condition on several columns is quoted as a whole", () => {
  assert.equal(foundIn(["email"], "a"), 'email.imatch."a"');
  assert.equal(
    foundIn(["email", "name"], 'x, "y" (z)'),
    String.raw`email.imatch."x, \"y\" \\(z\\)",name.imatch."x, \"y\" \\(z\\)"`,
  );
});
