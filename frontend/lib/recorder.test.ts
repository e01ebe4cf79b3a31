import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isBusy,
  READY,
  type RecorderEvent,
  type RecorderState,
  recorderAfter,
} from "./recorder.ts";

const after = (...events: RecorderEvent[]): RecorderState => events.reduce(recorderAfter, READY);
const START: RecorderEvent[] = [
  { type: "start" },
  { type: "started", since: 1000, endsAt: 61_000 },
];

test("from the first to the last second", () => {
  assert.deepEqual(after({ type: "prepare", endsAt: 5 }), { at: "preparing", endsAt: 5 });
  assert.deepEqual(after({ type: "prepare", endsAt: 5 }, ...START), {
    at: "recording",
    since: 1000,
    endsAt: 61_000,
  });
  const ended = after(...START, { type: "stop", ending: "time" });
  assert.deepEqual(ended, { at: "stopping", ending: "time" });
  assert.deepEqual(recorderAfter(ended, { type: "stopped", seconds: 60 }), {
    at: "review",
    ending: "time",
    seconds: 60,
  });
});

test("only the first reason to stop counts", () => {
  const state = after(
    ...START,
    { type: "stop", ending: "device" },
    { type: "stop", ending: "left" },
  );
  assert.deepEqual(state, { at: "stopping", ending: "device" });
});

test("nothing recorded is nothing to watch", () => {
  const state = after(...START, { type: "stop", ending: "asked" }, { type: "stopped", seconds: 0 });
  assert.deepEqual(state, { at: "failed", slug: "nothing_recorded" });
  assert.deepEqual(recorderAfter(state, { type: "start" }), { at: "starting" });
});

test("a late answer starts nothing, and nothing interrupts a recording", () => {
  const refused = after({ type: "start" }, { type: "failed", slug: "camera_refused" });
  assert.deepEqual(recorderAfter(refused, { type: "started", since: 1, endsAt: 2 }), refused);
  const recording = after(...START);
  assert.equal(recorderAfter(recording, { type: "start" }), recording);
  assert.equal(recorderAfter(recording, { type: "reset" }), recording);
  assert.equal(recorderAfter(recording, { type: "prepare", endsAt: 9 }), recording);
  assert.ok(isBusy(recording) && !isBusy(READY));
});
