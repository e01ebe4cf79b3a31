import assert from "node:assert/strict";
import { test } from "node:test";
import { passagesOf, secondIn, shareOf, wordAt, wordsIn } from "./transcript.ts";

const said = (text: string, start = 0) =>
  wordsIn(text.split(" ").map((word, at) => [word, start + at, start + at + 0.5, 0.9]));

const texts = (passages: ReturnType<typeof passagesOf>) =>
  passages.map(({ words }) => words.map(({ text }) => text).join(" "));

test("words are read from what is stored, and nothing else is", () => {
  assert.deepEqual(
    wordsIn([
      [" One", 0, 0.4, 0.59],
      ["two", 0.4, 1, null],
    ]),
    [
      { text: "One", start: 0, end: 0.4, doubtful: true },
      { text: "two", start: 0.4, end: 1, doubtful: false },
    ],
  );
  assert.equal(wordsIn([["sure", 0, 1, 0.6]])[0]?.doubtful, false);
  for (const kept of [null, undefined, {}, "text", 7]) assert.deepEqual(wordsIn(kept), []);
  assert.deepEqual(wordsIn([null, "word", [], [1, 2, 3], ["a", "0", 1], {}]), []);
});

test("a passage is a sentence", () => {
  const words = said("I did. Did you? They said “no.” And then");
  const passages = passagesOf(words);
  assert.deepEqual(texts(passages), ["I did.", "Did you?", "They said “no.”", "And then"]);
  assert.deepEqual(
    passages.map(({ first }) => first),
    [0, 2, 4, 7],
  );
  assert.deepEqual(passagesOf([]), []);
});

test("a passage ends at a pause, and never grows without end", () => {
  assert.deepEqual(texts(passagesOf([...said("one two"), ...said("three", 9)])), [
    "one two",
    "three",
  ]);
  const sizes = passagesOf(said(Array(90).fill("la").join(" "))).map(({ words }) => words.length);
  assert.deepEqual(sizes, [40, 40, 10]);
});

test("the word that is spoken at a second", () => {
  const words = said("zero one two");
  assert.equal(wordAt(words, 0), 0);
  assert.equal(wordAt(words, 1.7), 1);
  assert.equal(wordAt(words, 100), 2);
  assert.equal(wordAt(said("late", 5), 4.9), -1);
  assert.equal(wordAt([], 1), -1);
});

test("where a mark stands", () => {
  assert.equal(shareOf(5, 20), 25);
  assert.equal(shareOf(30, 20), 100);
  assert.equal(shareOf(3, 0), 0);
});

test("the second in an address", () => {
  assert.equal(secondIn("12"), 12);
  assert.equal(secondIn("12.75"), 12.75);
  for (const param of [null, undefined, "", "-1", "1e3", "x", "1.234", "123456"]) {
    assert.equal(secondIn(param), null);
  }
});
