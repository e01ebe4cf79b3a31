import assert from "node:assert/strict";
import { test } from "node:test";
import { answeredOf, answersTo, placeIn } from "./responses.ts";

const QUESTIONS = [
  { id: "a", question: "Who are you?" },
  { id: "b", question: "Why?" },
];

test("each question comes with its response, as it was asked", () => {
  const reworded = { question_id: "b", question: "Why us?" };
  const same = { question_id: "a", question: "Who are you?" };
  assert.deepEqual(answersTo(QUESTIONS, [reworded, same]), [
    { questionId: "a", question: "Who are you?", now: null, response: same },
    { questionId: "b", question: "Why us?", now: "Why?", response: reworded },
  ]);
});

test("a question without a response", () => {
  const [first, second] = answersTo(QUESTIONS, []);
  assert.deepEqual([first?.response, second?.response], [null, null]);
  assert.equal(second?.question, "Why?");
});

test("the place in the list is always one of it", () => {
  for (const [param, place] of [
    ["1", 0],
    ["3", 2],
    ["4", 2],
    ["0", 0],
    ["-1", 0],
    ["1e9", 0],
    ["", 0],
    [null, 0],
    [undefined, 0],
  ] as const) {
    assert.equal(placeIn(param, 3), place, String(param));
  }
  assert.equal(placeIn("2", 0), 0);
});

test("how far they are", () => {
  assert.equal(answeredOf(3, 5), "3 of 5");
});
