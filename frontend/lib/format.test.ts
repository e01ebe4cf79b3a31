import assert from "node:assert/strict";
import { test } from "node:test";
import {
  clockIn,
  count,
  day,
  knownLocale,
  knownTimeZone,
  lasted,
  moment,
  percent,
  plural,
  shortDay,
} from "./format.ts";

test("a moment is another day elsewhere", () => {
  const time = "2029-12-31T23:30:00Z";
  const within = (timeZone: string) => ({ locale: "en-GB", timeZone });
  assert.equal(moment(time, within("UTC")), "31 December 2029 at 23:30");
  assert.equal(moment(time, within("Europe/Berlin")), "1 January 2030 at 00:30");
  assert.equal(day(time, within("America/New_York")), "31 December 2029");
  assert.equal(day(time, within("Asia/Kathmandu")), "1 January 2030");
  // In summer, an hour later.
  assert.equal(moment("2030-07-31T16:00:00Z", within("Europe/Berlin")), "31 July 2030 at 18:00");
});

test("a date in other languages", () => {
  const written = (locale: string) => day("2030-01-31T12:00:00Z", { locale, timeZone: "UTC" });
  assert.equal(written("de"), "31. Januar 2030");
  assert.equal(written("ja-JP"), "2030年1月31日");
  assert.equal(written("ar-EG"), "٣١ يناير ٢٠٣٠");
  // 2573 of the Buddhist era.
  assert.match(written("th-TH"), /2573/);
});

test("a browser may ask for any language", () => {
  assert.equal(knownLocale("de-DE"), "de-DE");
  assert.equal(knownLocale("de-CH,de;q=0.9, en;q=0.5"), "de-CH");
  assert.equal(knownLocale("*, tlh, ja"), "ja");
  // What is kept for each language stays bounded.
  assert.equal(knownLocale("de-u-ca-buddhist-nu-thai-x-1234"), "de");
  for (const odd of [
    null,
    undefined,
    "",
    ",;,",
    "*",
    "<b>",
    "\u0000",
    "x-1",
    "-",
    "tlh",
    "e".repeat(9),
  ])
    assert.equal(knownLocale(odd), "en-GB", String(odd));
});

test("a time from now", () => {
  for (const minutes of [0, 15, 24 * 60]) {
    const reader = { locale: "en-GB", timeZone: "UTC" };
    assert.match(clockIn(minutes, reader), /^\d\d:\d\d$/);
  }
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

test("a day without a time is the same everywhere", () => {
  assert.equal(
    shortDay("2030-01-31", { locale: "en-GB", timeZone: "Pacific/Kiritimati" }),
    "31 Jan 2030",
  );
  assert.equal(
    shortDay("2030-01-31", { locale: "de", timeZone: "America/Los_Angeles" }),
    "31.01.2030",
  );
});

test("how long something lasted", () => {
  assert.equal(lasted(0), "0 minutes");
  assert.equal(lasted(60), "1 minute");
  assert.equal(lasted(95), "1.6 minutes");
  assert.equal(lasted(7199), "120 minutes");
  assert.equal(lasted(7200), "2 hours");
  assert.equal(lasted(170_000), "47.2 hours");
  assert.equal(lasted(302_400), "3.5 days");
  assert.equal(lasted(86_400_000), "1,000 days");
});
