import assert from "node:assert/strict";
import { test } from "node:test";
import {
  begunOn,
  keptReview,
  noteFault,
  ratingFault,
  ratingsOf,
  reviewIn,
  type SavedReview,
  textOf,
  withinCriteria,
} from "./reviews.ts";

const SAVED: SavedReview = {
  note: "Good.",
  ratings: [
    { criterion_id: "b", level: 4, note: "" },
    { criterion_id: "a", level: 2, note: "Vague" },
  ],
};

test("a form says the same in any order, with blanks around it, or with empty ratings", () => {
  const form = begunOn(SAVED);
  const other = {
    note: " Good. ",
    ratings: {
      a: { level: 2, note: "Vague\n" },
      b: { level: 4, note: "" },
      c: { level: null, note: " " },
    },
  };
  assert.equal(textOf(other), form.base);
  assert.notEqual(textOf({ ...other, note: "Bad." }), form.base);
  assert.notEqual(
    textOf({ ...other, ratings: { ...other.ratings, b: { level: 3, note: "" } } }),
    form.base,
  );
});

test("only what differs from the saved review is kept, with what it was begun on", () => {
  const draft = begunOn(SAVED);
  assert.equal(keptReview(draft), null);
  const changed = { ...draft, note: "Better." };
  const read = reviewIn(keptReview(changed), null);
  assert.deepEqual(read, changed);
});

test("what was kept is read, whatever it is", () => {
  assert.deepEqual(reviewIn(null, SAVED), begunOn(SAVED));
  assert.deepEqual(reviewIn("no JSON", SAVED), begunOn(SAVED));
  const empty = { base: "", note: "", ratings: {} };
  assert.deepEqual(reviewIn("{}", SAVED), empty);
  assert.deepEqual(reviewIn('{"ratings": 1, "note": 2}', SAVED), empty);
  assert.deepEqual(reviewIn('{"ratings": {"a": null, "b": {"level": "3"}}}', SAVED), {
    ...empty,
    ratings: { a: { level: null, note: "" }, b: { level: null, note: "" } },
  });
});

test("ratings are sent of the criteria that there are", () => {
  const form = withinCriteria(begunOn(SAVED), ["b", "c"]);
  assert.deepEqual(form.ratings, { b: { level: 4, note: "" }, c: { level: null, note: "" } });
  assert.deepEqual(ratingsOf(form), [{ criterion_id: "b", level: 4, note: "" }]);
});

test("a note needs a level, and a complete review all levels", () => {
  assert.equal(ratingFault({ level: 1, note: "" }, true), "");
  assert.equal(ratingFault({ level: null, note: "" }, false), "");
  assert.match(ratingFault({ level: null, note: "" }, true), /^Choose a level\.$/);
  assert.match(ratingFault({ level: null, note: "x" }, false), /delete the note/);
});

test("without criteria, a complete review needs a note", () => {
  const form = { ratings: {}, note: " " };
  assert.equal(noteFault(form, false), "");
  assert.equal(noteFault(form, true), "Write a note.");
  assert.equal(noteFault({ ...form, note: "Fine." }, true), "");
  assert.equal(noteFault(withinCriteria(form, ["a"]), true), "");
});
