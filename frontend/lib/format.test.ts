import assert from "node:assert/strict";
import { test } from "node:test";
import { clockIn, count, day, knownTimeZone, moment, percent, plural } from "./format.ts";

test("a moment is another day elsewhere", () => {
  const time = "2029-12-31T23:30:00Z";
  assert.equal(moment(time, "UTC"), "31 December 2029 at 23:30");
  assert.equal(moment(time, "Europe/Berlin"), "1 January 2030 at 00:30");
  assert.equal(day(time, "America/New_York"), "31 December 2029");
  assert.equal(day(time, "Asia/Kathmandu"), "1 January 2030");
  // In summer, an hour later.
  assert.equal(moment("2030-07-31T16:00:00Z", "Europe/Berlin"), "31 July 2030 at 18:00");
});

test("a time from now", () => {
  for (const minutes of [0, 15, 24 * 60]) assert.match(clockIn(minutes), /^\d\d:\d\d$/);
});

test("a cookie may name anything", () => {
  for (const zone of ["Europe/Berlin", "UTC"]) assert.equal(knownTimeZone(zone), zone);
  for (const odd of [
    undefined,
    "",
    "Mars/Olympus",
    "<script>",
    "Europe/Berlin; path=/",
    "\u0000",
  ]) {
    assert.equal(knownTimeZone(odd), "UTC", odd);
  }
});

test("numbers", () => {
  assert.equal(count(1234567), "1,234,567");
  assert.equal(count(null), "0");
  assert.equal(percent(0.634), "63%");
  assert.equal(percent(0), "0%");
  assert.equal(percent(null), "–");
  assert.equal(plural(1, "question"), "1 question");
  assert.equal(plural(0, "question"), "0 questions");
  assert.equal(plural(1000, "reply", "replies"), "1,000 replies");
});
