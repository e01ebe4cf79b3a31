import assert from "node:assert/strict";
import { test } from "node:test";
import { periodIn, todayIn } from "./period.ts";

const period = (query: string) =>
  periodIn((name) => new URLSearchParams(query).get(name), "2030-03-01");

test("today is another day elsewhere", () => {
  const now = new Date("2029-12-31T23:30:00Z");
  assert.equal(todayIn("UTC", now), "2029-12-31");
  assert.equal(todayIn("Europe/Berlin", now), "2030-01-01");
});

test("the last days include today", () => {
  const days30 = { choice: "30", since: "2030-01-31", until: "2030-03-01" };
  assert.deepEqual(period("period=30"), days30);
  assert.deepEqual(period(""), { choice: "90", since: "2029-12-02", until: "2030-03-01" });
  assert.deepEqual(period("period=nonsense"), period(""));
  assert.deepEqual(period("period=all&from=2030-01-01"), {
    choice: "all",
    since: null,
    until: null,
  });
});

test("other dates are what the address says, if they are any", () => {
  assert.deepEqual(period("period=custom&from=2030-01-02&to=2030-01-03"), {
    choice: "custom",
    since: "2030-01-02",
    until: "2030-01-03",
  });
  for (const odd of ["", "2030-02-30", "2030-13-01", "0000-01-01", "tomorrow", "2030-1-1"]) {
    const { since, until } = period(`period=custom&from=${odd}&to=${odd}`);
    assert.deepEqual([since, until], [null, null], odd);
  }
});
