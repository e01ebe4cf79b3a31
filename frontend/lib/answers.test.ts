import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Asked,
  answerState,
  deletedOn,
  kindsOf,
  listed,
  missingNumbers,
  nextOpen,
  phaseOf,
  secondsFor,
  type Take,
  takesLeft,
} from "./answers.ts";

const asked = (id: string, required = true): Asked => ({
  id,
  required,
  max_seconds: 90,
  max_takes: 2,
});
const take = (question_id: string, status: string, more: Partial<Take> = {}): Take => ({
  id: `${question_id}-${status}`,
  question_id,
  status,
  kind: "video",
  uploaded_at: status === "started" ? null : "2030-01-01T00:00:00Z",
  ...more,
});
const QUESTIONS = [asked("a"), asked("b"), asked("c", false)];

test("what is missing are the required questions without a current answer", () => {
  const none = new Map();
  assert.deepEqual(missingNumbers(QUESTIONS, [], none), [1, 2]);
  const takes = [take("a", "uploaded"), take("b", "started")];
  assert.deepEqual(missingNumbers(QUESTIONS, takes, none), [2]);
  assert.deepEqual(missingNumbers(QUESTIONS, takes, new Map([["b", "waiting"]])), []);
  assert.deepEqual(missingNumbers([], [], none), []);
  assert.equal(listed([1, 2, 5]), "1, 2 and 5");
  assert.equal(listed([2]), "2");
});

test("takes count once they were sent, also when another one has replaced them", () => {
  const takes = [take("a", "discarded"), take("a", "discarded", { uploaded_at: null })];
  assert.equal(takesLeft(asked("a"), takes, null), 1);
  assert.equal(takesLeft(asked("a"), [...takes, take("a", "uploaded")], null), 0);
  assert.equal(takesLeft(asked("a"), takes, { extra_takes: 2, time_factor: 1 }), 3);
  assert.equal(takesLeft(asked("a"), [take("a", "uploaded", { kind: "text" })], null), 2);
  assert.equal(secondsFor(asked("a"), { extra_takes: 0, time_factor: 1.25 }), 113);
});

test("what is on this device alone shows before what the database has", () => {
  const takes = [take("a", "uploaded")];
  assert.equal(answerState("a", takes, new Map()), "answered");
  assert.equal(answerState("a", takes, new Map([["a", "waiting"]])), "waiting");
  assert.equal(answerState("b", takes, new Map()), "open");
});

test("on to the next open question, round the end", () => {
  const open =
    (...ids: string[]) =>
    (id: string) =>
      ids.includes(id);
  assert.equal(nextOpen(0, QUESTIONS, open("b", "c")), 1);
  assert.equal(nextOpen(2, QUESTIONS, open("a")), 0);
  assert.equal(nextOpen(1, QUESTIONS, open("b")), null);
  assert.equal(nextOpen(0, QUESTIONS, open()), null);
});

test("after the deadline there is time for what was begun before it", () => {
  const deadline = "2030-01-31T17:00:00Z";
  const at = (hours: number) => new Date(deadline).getTime() + hours * 3_600_000;
  const base = { status: "active", deadline, answered: true, graceHours: 24 };
  assert.equal(phaseOf({ ...base, now: at(-1) }), "open");
  assert.equal(phaseOf({ ...base, now: at(1) }), "late");
  assert.equal(phaseOf({ ...base, now: at(25) }), "over");
  assert.equal(phaseOf({ ...base, answered: false, now: at(0.1) }), "late");
  assert.equal(phaseOf({ ...base, answered: false, now: at(1) }), "over");
  assert.equal(phaseOf({ ...base, deadline: null, now: at(999) }), "open");
  assert.equal(phaseOf({ ...base, status: "completed", now: at(-1) }), "over");
});

test("the date of deletion, and kinds in our order", () => {
  assert.equal(deletedOn("2030-01-01T00:00:00.000Z", 180), "2030-06-30T00:00:00.000Z");
  assert.deepEqual(kindsOf(["text", "video", "smell"]), ["video", "text"]);
});
