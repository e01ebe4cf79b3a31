// What the browser makes of pasted addresses, of files' cells, and of codes. Run by test_lib.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { addressesIn, isAddress, marksOf, normalized } from "../../frontend/lib/addresses.ts";
import { digitsOf, interviewCode } from "../../frontend/lib/code.ts";

const samples = (name) =>
  JSON.parse(readFileSync(new URL(`../samples/${name}.json`, import.meta.url), "utf8"));

for (const { text, addresses } of samples("addresses")) {
  test(`pasted: ${text}`, () => assert.deepEqual(addressesIn(text), addresses));
}

test("pasted lists with names", () => {
  const lists = {
    '"Doe, Jane" <a@x.example>, John <b@x.example>': ["a@x.example", "b@x.example"],
    "“Doe, Jane” <a@x.example>، «Doe, John» <b@x.example>": ["a@x.example", "b@x.example"],
    "Doe, Jane <a@x.example>; Doe, John <b@x.example>; ": ["a@x.example", "b@x.example"],
    "Jane <a@x.example>| John <b@x.example>": ["a@x.example", "b@x.example"],
  };
  for (const [text, addresses] of Object.entries(lists)) {
    assert.deepEqual(addressesIn(text), addresses);
  }
});

test("a long text takes no time", () => {
  for (const part of ["“", "'", "a@", ",", "\u200e"]) addressesIn(`${part.repeat(200_000)}x`);
});

for (const { typed, code } of samples("codes")) {
  test(`code: ${typed}`, () => {
    assert.equal(interviewCode(typed), code);
    if (code) assert.equal(digitsOf(typed), code);
  });
}

test("a code in a sentence", () => {
  assert.equal(digitsOf("Call 12345 with ٠١٢ ٣٤٥ by 2030"), "012345");
  assert.equal(interviewCode("٠١٢-٣٤٥"), "012345");
  assert.equal(interviewCode(undefined), null);
});

test("what may be invited", () => {
  for (const right of ["a@b.co", "o'neil@x.example", "a@müller.example", "a@例え。テスト"]) {
    assert.ok(isAddress(normalized(right)), right);
  }
  for (const wrong of ["ä@b.example", "a@b.c", "a@x.example”", "a..b@x.example", "a@☃.example"]) {
    assert.ok(!isAddress(normalized(wrong)), wrong);
  }
  assert.equal(normalized("\u200eJane@X.example\u2069"), "jane@x.example");
  // The Kelvin sign is not k.
  assert.equal(normalized("\u212aelvin@x.example"), "\u212aelvin@x.example");
  assert.deepEqual(marksOf(["a@x.example", "A@X.example", "“a@x.example"]), [
    "ready",
    "duplicate",
    "malformed",
  ]);
});
