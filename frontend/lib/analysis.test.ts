import assert from "node:assert/strict";
import { test } from "node:test";
import {
  barrierTold,
  engineTold,
  flagsTold,
  isAwaited,
  LANGUAGES,
  languagesWith,
  languageTold,
  problemTold,
  waitingTold,
} from "./analysis.ts";

test("each flag is a sentence that names the question", () => {
  assert.deepEqual(flagsTold(["no_speech"], 2), [
    "We can’t hear any speech in your answer to question 2.",
  ]);
  assert.deepEqual(flagsTold([], 1), []);
  assert.deepEqual(flagsTold(["constructor", "brilliant"], 1), []);
  const flags = [
    ...["no_sound", "no_speech", "too_quiet", "clipped"],
    ...["black_picture", "cut_off", "unreadable"],
  ];
  for (const flag of flags) {
    const [told, ...more] = flagsTold([flag], 3);
    assert.match(told ?? "", /question 3/);
    assert.deepEqual(more, []);
    assert.doesNotMatch(told ?? "", /bad|poor|wrong|fail/i);
  }
});

test("what follows from another flag is not said as well", () => {
  assert.equal(flagsTold(["too_quiet", "no_speech", "no_sound"], 1).length, 1);
  assert.equal(flagsTold(["black_picture", "unreadable"], 1).length, 1);
  assert.deepEqual(
    flagsTold(["clipped", "black_picture"], 1).map((told) => told.split(" ").slice(0, 2).join(" ")),
    ["The picture", "The sound"],
  );
});

test("an engine is told with its measured error", () => {
  assert.equal(
    engineTold({ engine: "faster-whisper", model: "tiny.en", version: "1.2.1" }),
    "faster-whisper tiny.en, version 1.2.1: 8 % of words wrong on native US English; other accents not measured",
  );
  for (const model of ["large-v3", "constructor", "", null]) {
    assert.match(engineTold({ engine: "other", model, version: null }), /: error not measured$/);
  }
  assert.equal(
    engineTold({ engine: null, model: null, version: null }),
    "Unknown engine: error not measured",
  );
});

test("why there is no transcript", () => {
  assert.equal(problemTold({ status: "done", problem: null }), null);
  assert.equal(problemTold({ status: "queued", problem: null }), null);
  assert.match(problemTold({ status: "done", problem: "no_speech" }) ?? "", /^No speech was found/);
  assert.equal(
    problemTold({ status: "failed", problem: "too_long" }),
    "No transcript: the recording is too long to be written down.",
  );
  assert.equal(
    problemTold({ status: "failed", problem: "constructor" }),
    "No transcript: something went wrong.",
  );
  assert.equal(
    problemTold({ status: "skipped", problem: "too_large" }),
    "No transcript: the recording is too large to be written down.",
  );
});

test("what is still to come", () => {
  const awaited = ["queued", "running", "done", "failed", "skipped"].filter((status) =>
    isAwaited({ status, problem: null }),
  );
  assert.deepEqual(awaited, ["queued", "running"]);
});

test("languages", () => {
  assert.equal(languageTold("de"), "German");
  assert.equal(languageTold("gsw"), "gsw");
  assert.equal(languagesWith("en").length, LANGUAGES.length);
  assert.deepEqual(languagesWith("gsw").at(-1), ["gsw", "gsw"]);
  assert.equal(new Set(LANGUAGES.map(([tag]) => tag)).size, LANGUAGES.length);
});

test("why no transcript is made", () => {
  assert.match(barrierTold({ analysis: "off", consents: true }) ?? "", /turned off/);
  assert.match(barrierTold({ analysis: "transcripts", consents: false }) ?? "", /not agreed/);
  assert.equal(barrierTold({ analysis: "transcripts", consents: true }), null);
});

test("what a transcript waits for", () => {
  const told = (status: string, analyst?: string) => waitingTold({ status }, analyst);
  assert.match(told("running", "stopped"), /being written/);
  assert.match(told("queued", "stopped"), /isn’t running/);
  assert.match(told("queued", "paused"), /paused/);
  for (const analyst of ["working", undefined]) assert.match(told("queued", analyst), /its turn/);
});
