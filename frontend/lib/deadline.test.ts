import assert from "node:assert/strict";
import { test } from "node:test";
import { deadlineFault, fromLocalInput, nameOfZone, toLocalInput } from "./deadline.ts";

const inZone = (zone: string, check: () => void) =>
  test(zone, () => {
    process.env.TZ = zone;
    check();
  });

inZone("Europe/Berlin", () => {
  assert.equal(toLocalInput("2030-01-31T16:00:00Z"), "2030-01-31T17:00");
  assert.equal(toLocalInput("2030-07-31T16:00:00Z"), "2030-07-31T18:00");
  assert.equal(toLocalInput("2029-12-31T23:30:59.9+00:00"), "2030-01-01T00:30");
  assert.equal(fromLocalInput("2030-01-31T17:00"), "2030-01-31T16:00:00.000Z");
  // An hour that the clock leaves out is the one after it.
  assert.equal(fromLocalInput("2030-03-31T02:30"), "2030-03-31T01:30:00.000Z");
  // One that comes twice looks alike both times, and is the first one when it is entered.
  assert.equal(toLocalInput("2030-10-27T00:30:00Z"), "2030-10-27T02:30");
  assert.equal(toLocalInput("2030-10-27T01:30:00Z"), "2030-10-27T02:30");
  assert.equal(fromLocalInput("2030-10-27T02:30"), "2030-10-27T00:30:00.000Z");
  assert.equal(nameOfZone("2030-07-31T16:00:00Z"), "Europe/Berlin, GMT+2");
});

inZone("Asia/Kathmandu", () => {
  assert.equal(toLocalInput("2030-01-31T16:00:00Z"), "2030-01-31T21:45");
  assert.equal(fromLocalInput("2030-01-31T21:45"), "2030-01-31T16:00:00.000Z");
});

inZone("UTC", () => {
  assert.equal(nameOfZone("2030-07-31T16:00:00Z"), "UTC");
  assert.equal(nameOfZone(null), "UTC");
});

test("what is no moment", () => {
  assert.equal(toLocalInput(null), "");
  assert.equal(toLocalInput(""), "");
  for (const odd of ["", "tomorrow", "2030-13-01T00:00", "2030-01-31T25:00"]) {
    assert.equal(fromLocalInput(odd), null, odd);
  }
});

test("a deadline must lie ahead, in a year that people use", () => {
  assert.equal(deadlineFault(""), "");
  assert.equal(deadlineFault("2999-01-31T17:00"), "");
  assert.equal(deadlineFault("9998-12-31T23:59"), "");
  for (const odd of ["2001-01-31T17:00", "9999-01-01T00:00", "+012030-01-31T17:00", "soon"]) {
    assert.notEqual(deadlineFault(odd), "", odd);
  }
});
