import assert from "node:assert/strict";
import { test } from "node:test";
import {
  choicesWith,
  DEFAULT_SETTINGS,
  kindsIn,
  kindsTold,
  LENGTHS,
  settingsIn,
  settingsTold,
} from "./questionSettings.ts";

test("settings in words", () => {
  assert.equal(settingsTold(DEFAULT_SETTINGS), "2 minutes, 3 takes, required");
  assert.equal(
    settingsTold({ max_seconds: 90, max_takes: 1, preparation_seconds: 30, required: false }),
    "1 minute 30 seconds, 1 take, 30 seconds to prepare, optional",
  );
});

test("whatever was kept, the settings are possible", () => {
  const chosen = { max_seconds: 60, max_takes: 1, preparation_seconds: 30, required: false };
  assert.deepEqual(settingsIn({ ...chosen, more: 1 }), chosen);
  const odd = { max_seconds: 1e9, max_takes: "3", preparation_seconds: -1, required: "no" };
  for (const kept of [undefined, null, "text", [], {}, odd]) {
    assert.deepEqual(settingsIn(kept), DEFAULT_SETTINGS);
  }
});

test("kinds of answers", () => {
  assert.deepEqual(kindsIn(undefined), ["video", "audio"]);
  assert.deepEqual(kindsIn(["text", "video", "smell"]), ["video", "text"]);
  assert.deepEqual(kindsIn([]), []);
  assert.equal(kindsTold(["video", "audio", "text"]), "video, audio or text");
  assert.equal(kindsTold(["text"]), "text");
});

test("a value that another client has set can be kept", () => {
  assert.deepEqual(choicesWith(LENGTHS, 60), LENGTHS);
  assert.deepEqual(choicesWith([30, 60], 45), [30, 45, 60]);
});
