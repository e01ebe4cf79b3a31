import assert from "node:assert/strict";
import { test } from "node:test";
import {
  deviceProblem,
  environmentProblem,
  recordingProblem,
  spaceProblem,
} from "./recordingProblems.ts";

const CHROME_ON_ANDROID =
  "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36";
const SAFARI =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
const IOS_APP = SAFARI.replace(/ Version.*/, " Mobile/15E148");
const ANDROID_APP = CHROME_ON_ANDROID.replace("Pixel 8)", "Pixel 8; wv)");

test("each refusal of the devices has a sentence and a way out", () => {
  const named = (name: string) => new DOMException("", name);
  assert.equal(deviceProblem(named("NotAllowedError"), "video"), "camera_refused");
  assert.equal(deviceProblem(named("NotAllowedError"), "audio"), "microphone_refused");
  assert.equal(deviceProblem(named("NotFoundError"), "video"), "no_camera");
  assert.equal(deviceProblem(named("NotReadableError"), "audio"), "microphone_in_use");
  assert.equal(deviceProblem(named("OverconstrainedError"), "audio"), "no_microphone");
  assert.equal(deviceProblem("oops", "video"), "devices_failed");
  for (const name of ["NotAllowedError", "NotFoundError", "NotReadableError", "Other"]) {
    for (const kind of ["video", "audio"] as const) {
      const { message, hint, slug } = recordingProblem(deviceProblem(named(name), kind));
      assert.ok(message && hint && slug !== "unexpected", `${name} ${kind}`);
    }
  }
});

test("what the database refuses keeps its own sentence", () => {
  assert.equal(recordingProblem("response_not_awaited").slug, "response_not_awaited");
  assert.equal(recordingProblem("constructor").slug, "unexpected");
});

test("a browser inside of an app is told from one that is too old", () => {
  const cannot = { secure: true, canRecord: false };
  assert.equal(environmentProblem({ userAgent: IOS_APP, ...cannot }), "in_app_browser");
  assert.equal(environmentProblem({ userAgent: ANDROID_APP, ...cannot }), "in_app_browser");
  assert.equal(environmentProblem({ userAgent: SAFARI, ...cannot }), "unsupported_browser");
  assert.equal(
    environmentProblem({ userAgent: CHROME_ON_ANDROID, ...cannot }),
    "unsupported_browser",
  );
  const plain = { userAgent: SAFARI, secure: false, canRecord: false };
  assert.equal(environmentProblem(plain), "insecure_page");
  // Some apps can record: nobody is sent away without need.
  assert.equal(environmentProblem({ userAgent: IOS_APP, secure: true, canRecord: true }), null);
});

test("whether a recording outlives the page is said before", () => {
  assert.equal(spaceProblem({ kept: false, quota: undefined, usage: undefined }), "not_kept");
  assert.equal(spaceProblem({ kept: true, quota: undefined, usage: undefined }), null);
  assert.equal(spaceProblem({ kept: true, quota: 1e9, usage: 1e8 }), null);
  assert.equal(spaceProblem({ kept: true, quota: 1e9, usage: 0.9e9 }), "no_space");
});
