import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bareType,
  bitrates,
  clock,
  isFull,
  kindOfType,
  length,
  megabytes,
  recordingType,
} from "./recording.ts";

test("the first type that the browser records", () => {
  assert.equal(
    recordingType("video", () => true),
    "video/webm;codecs=vp8,opus",
  );
  const likeSafari = (type: string) => /^(video|audio)\/mp4/.test(type);
  assert.equal(recordingType("video", likeSafari), "video/mp4;codecs=avc1.42E01E,mp4a.40.2");
  assert.equal(recordingType("audio", likeSafari), "audio/mp4;codecs=mp4a.40.2");
  assert.equal(
    recordingType("audio", () => false),
    null,
  );
});

test("Storage is told the type without its codecs", () => {
  assert.equal(bareType("video/webm;codecs=vp8,opus"), "video/webm");
  assert.equal(bareType("Audio/MP4 ; codecs=x"), "audio/mp4");
  assert.equal(kindOfType("audio/mp4"), "audio");
  assert.equal(kindOfType("video/mp4"), "video");
});

test("a recording ends before it is too large to be sent", () => {
  assert.equal(isFull([], 1000), false);
  assert.equal(isFull([100, 300, 200], 1201), false);
  // Another slice like the largest, and as much to spare.
  assert.equal(isFull([100, 300, 200], 1200), true);
  // The longest answer that is allowed: 1200 s at the 332,049 bit/s that start_response tells.
  assert.equal(isFull(Array(1200).fill(42_300), 52_428_800), false);
});

test("picture and sound share the bits", () => {
  assert.deepEqual(bitrates("video", 648_000), {
    audioBitsPerSecond: 48_000,
    videoBitsPerSecond: 600_000,
  });
  assert.deepEqual(bitrates("audio", 648_000), { audioBitsPerSecond: 32_000 });
  assert.deepEqual(bitrates("audio", 20_000), { audioBitsPerSecond: 20_000 });
});

test("times and sizes", () => {
  assert.equal(clock(65.9), "1:05");
  assert.equal(clock(-1), "0:00");
  assert.equal(length(180), "3 minutes");
  assert.equal(length(61), "1 minute 1 second");
  assert.equal(length(0.4), "0 seconds");
  assert.equal(length(45), "45 seconds");
  assert.equal(megabytes(4_940_000), "4.9 MB");
  assert.equal(megabytes(50_000_000), "50 MB");
});
