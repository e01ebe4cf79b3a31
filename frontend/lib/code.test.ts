import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { digitsOf, interviewCode } from "./code.ts";

// What the database reads alike: tests/sql/test_addresses.py.
const SAMPLES = new URL("../../tests/samples/codes.json", import.meta.url);

for (const { typed, code } of JSON.parse(readFileSync(SAMPLES, "utf8"))) {
  test(`code: ${typed}`, () => {
    assert.equal(interviewCode(typed), code);
    if (code) assert.equal(digitsOf(typed), code);
  });
}

test("a code in a sentence", () => {
  assert.equal(digitsOf("Your code: 012345."), "012345");
  assert.equal(digitsOf("Call 12345 with ٠١٢ ٣٤٥ by 2030"), "012345");
  assert.equal(digitsOf("012-345"), "012345");
});

test("while a code is being typed, the digits so far", () => {
  assert.equal(digitsOf(""), "");
  assert.equal(digitsOf("01x2"), "012");
  assert.equal(digitsOf("0123456789"), "012345");
  // Two groups of six: neither is more likely.
  assert.equal(digitsOf("012345 or 543210"), "012345");
});

test("what an address brings is a code or nothing", () => {
  assert.equal(interviewCode("٠١٢-٣٤٥"), "012345");
  for (const bad of [
    undefined,
    null,
    "",
    "<script>",
    "123456x",
    "-123456.",
    "12345\u0000",
    "1e5000",
  ]) {
    assert.equal(interviewCode(bad), null, String(bad));
  }
});
