import assert from "node:assert/strict";
import { test } from "node:test";
import { afterAsking, afterRefusal, pauseAfter } from "./uploads.ts";

test("a line that is gone and a busy Storage are waited for", () => {
  for (const status of [null, 0, 423, 429, 500, 503])
    assert.equal(afterRefusal(status, ""), "wait");
});

test("a token that is over is renewed", () => {
  assert.equal(afterRefusal(401, ""), "renew");
  assert.equal(afterRefusal(400, '"exp" claim timestamp check failed'), "renew");
  assert.equal(afterRefusal(400, "Invalid JWT"), "renew");
});

test("what Storage refuses is not tried again blindly", () => {
  assert.equal(afterRefusal(403, "response_not_awaited: …"), "ask");
  assert.equal(afterRefusal(409, "The resource already exists"), "ask");
  assert.equal(afterRefusal(413, "Maximum size exceeded"), "too_large");
  assert.equal(afterRefusal(415, "mime type text/html is not supported"), "stop");
  assert.equal(afterRefusal(400, "Invalid key"), "stop");
});

test("what the database says of a recording that Storage refuses", () => {
  assert.equal(afterAsking(409, "uploaded"), "sent");
  assert.equal(afterAsking(403, "uploaded"), "sent");
  assert.equal(afterAsking(403, "unknown"), "wait");
  // The rest of a piece arrived late: the next try asks again how far it is.
  assert.equal(afterAsking(409, "started"), "wait");
  // The deadline has passed, for instance.
  assert.equal(afterAsking(403, "started"), "not_awaited");
  assert.equal(afterAsking(409, "discarded"), "not_awaited");
  assert.equal(afterAsking(409, "gone"), "not_awaited");
});

test("pauses grow, to half a minute at most", () => {
  assert.equal(pauseAfter(1), 1000);
  assert.equal(pauseAfter(2), 2000);
  assert.equal(pauseAfter(50), 30_000);
  assert.equal(pauseAfter(0), 0);
});
