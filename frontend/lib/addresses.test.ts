import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isAddress, marksOf, normalized, peopleIn } from "./addresses.ts";

// What the service reads alike: tests/service/test_bulk.py.
const SAMPLES = new URL("../../tests/samples/addresses.json", import.meta.url);

const addressesIn = (text: string): string[] => peopleIn(text).map(({ email }) => email);

for (const { text, addresses } of JSON.parse(readFileSync(SAMPLES, "utf8"))) {
  test(`pasted: ${text}`, () => assert.deepEqual(addressesIn(text), addresses));
}

test("a list with names", () => {
  const lists = {
    '"Doe, Jane" <a@x.example>, John <b@x.example>': ["a@x.example", "b@x.example"],
    "“Doe, Jane” <a@x.example>، «Doe, John» <b@x.example>": ["a@x.example", "b@x.example"],
    "Doe, Jane <a@x.example>; Doe, John <b@x.example>; ": ["a@x.example", "b@x.example"],
    "Jane <a@x.example>| John <b@x.example>": ["a@x.example", "b@x.example"],
    "Jane Doe <a@x.example>\r\nJohn <b@x.example>\r": ["a@x.example", "b@x.example"],
    "Jane Doe\n<a@x.example>\tJohn\u00a0Doe\u00a0<b@x.example>": ["a@x.example", "b@x.example"],
    "a@x.example Jane <b@x.example>": ["a@x.example", "b@x.example"],
  };
  for (const [text, addresses] of Object.entries(lists)) {
    assert.deepEqual(addressesIn(text), addresses, text);
  }
});

test("a word without an address stays in the list, to be seen", () => {
  assert.deepEqual(addressesIn("jane@x.example, oops"), ["jane@x.example", "oops"]);
  assert.deepEqual(addressesIn(" ,;\n\t<>|"), []);
});

test("a long text takes no time", () => {
  for (const part of ["“", "'", "a@", ",", "\u200e", '"', "<", "a b ", "\t"]) {
    addressesIn(`${part.repeat(200_000)}x`);
  }
  assert.equal(addressesIn("a".repeat(100_000))[0]?.length, 1000);
});

test("what can be invited", () => {
  const right = [
    "a@b.co",
    "o'neil@x.example",
    "a+b@x.example",
    "a@müller.example",
    "a@例え。テスト",
    `${"a".repeat(64)}@x.example`,
    `a@${"b".repeat(63)}.example`,
  ];
  const wrong = [
    "",
    "@",
    "a@b",
    "a@b.c",
    "ä@b.example",
    "a@x.example”",
    "a..b@x.example",
    ".a@x.example",
    "a.@x.example",
    "a@-x.example",
    "a@x-.example",
    "a@x.example-",
    "a@x.123",
    "a@x..example",
    "a@☃.example",
    "a b@x.example",
    "a@x.example\nBcc: b@x.example",
    "a@b@x.example",
    `${"a".repeat(65)}@x.example`,
    `a@${"b".repeat(64)}.example`,
    `a@${"b.".repeat(126)}example`,
  ];
  for (const address of right) assert.ok(isAddress(normalized(address)), address);
  for (const address of wrong) assert.ok(!isAddress(normalized(address)), address);
});

test("what one address is compared by", () => {
  assert.equal(normalized("\u200eJane@X.example\u2069"), "jane@x.example");
  assert.equal(normalized("\u0085 a@x.example\u00a0"), "a@x.example");
  // The Kelvin sign is not k.
  assert.equal(normalized("\u212aelvin@x.example"), "\u212aelvin@x.example");
});

test("the second of two equal addresses is the duplicate", () => {
  assert.deepEqual(marksOf(["a@x.example", "A@X.example", "“a@x.example", "b@x.example"]), [
    "ready",
    "duplicate",
    "malformed",
    "ready",
  ]);
});
