import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import {
  draftKey,
  draftKeys,
  forgetDrafts,
  parsedDraft,
  readDraft,
  textIn,
  writeDraft,
} from "./drafts.ts";

// A browser's storage as far as it is used here: Node's own wants a file.
const storageOf = (kept: Map<string, string>) => ({
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, text: string) => void kept.set(key, text),
  removeItem: (key: string) => void kept.delete(key),
});
const withStorage = (localStorage: object) =>
  Object.assign(globalThis, { window: { localStorage } });

afterEach(() => {
  Reflect.deleteProperty(globalThis, "window");
});

test("a draft is kept, and forgotten", () => {
  withStorage(storageOf(new Map()));
  assert.equal(readDraft("a"), null);
  assert.ok(writeDraft("a", "text"));
  assert.equal(readDraft("a"), "text");
  assert.ok(writeDraft("a", ""));
  assert.equal(readDraft("a"), "");
  assert.ok(writeDraft("a", null));
  assert.equal(readDraft("a"), null);
});

test("drafts are their account's, and forgotten with it", () => {
  // Object.keys, as of a browser's storage.
  const kept: Record<string, string> = {};
  const methods = {
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, text: string) => Reflect.set(kept, key, text),
    removeItem: (key: string) => Reflect.deleteProperty(kept, key),
  };
  withStorage(new Proxy(kept, { get: (_, name) => Reflect.get(methods, name) }));
  const mine = [draftKey("a", "answer:1"), draftKey("a", "answer:2"), draftKey("a", "new")];
  const theirs = draftKey("ab", "answer:1");
  for (const key of [...mine, theirs, "time-zone"]) writeDraft(key, "text");
  assert.deepEqual(draftKeys("a", "answer:"), mine.slice(0, 2));
  forgetDrafts("a");
  assert.deepEqual(Object.keys(kept), [...mine, "time-zone"]);
  forgetDrafts(null);
  assert.deepEqual(Object.keys(kept), ["time-zone"]);
});

test("a browser that keeps nothing is no fault", () => {
  // Storage that is full, or switched off, throws.
  const off = () => {
    throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
  };
  withStorage({ getItem: off, setItem: off, removeItem: off });
  assert.equal(readDraft("a"), null);
  assert.equal(writeDraft("a", "text"), false);
  assert.equal(writeDraft("a", null), false);
  Reflect.deleteProperty(globalThis, "window");
  assert.equal(readDraft("a"), null);
  assert.deepEqual(draftKeys("a"), []);
  forgetDrafts(null);
});

test("what is not a draft of ours is none", () => {
  for (const odd of [null, "", "{", "null", "5", '"text"', "true", "undefined"]) {
    assert.equal(parsedDraft(odd), null, String(odd));
  }
  assert.deepEqual(parsedDraft('{"title":"A"}'), { title: "A" });
  assert.equal(parsedDraft('{"__proto__":{"title":"A"}}')?.title, undefined);
});

test("values of the wrong kind are left out", () => {
  assert.equal(textIn("a"), "a");
  for (const odd of [null, undefined, 5, {}, ["a"]]) assert.equal(textIn(odd), "");
});
