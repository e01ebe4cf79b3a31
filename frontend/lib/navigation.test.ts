import assert from "node:assert/strict";
import { test } from "node:test";
import { changedParams, first, HOME, returnToFrom, safePath, withParams } from "./navigation.ts";

test("a path of this site is kept", () => {
  for (const path of ["/", "/recruiters", "/recruiters?filter=x&y=%26#top", "/a%20b"]) {
    assert.equal(safePath(path), path);
  }
});

test("what leads away, or nowhere, is not", () => {
  const away = [
    "https://evil.example/",
    "https:evil.example",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\/evil.example/",
    "/.//evil.example/",
    "/x/..//evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    " //evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "recruiters",
    "//",
    "",
    null,
    undefined,
  ];
  for (const path of away) assert.equal(safePath(path), HOME, String(path));
  assert.equal(safePath("//evil.example", "/login"), "/login");
});

test("parameters that have a value", () => {
  assert.equal(withParams("/login", {}), "/login");
  assert.equal(withParams("/login", { code: null, next: "" }), "/login");
  assert.equal(withParams("/login", { code: "012345" }), "/login?code=012345");
  assert.equal(
    withParams("/a?x=1&code=9", { code: "2", y: "a&b=c#d" }),
    "/a?x=1&code=2&y=a%26b%3Dc%23d",
  );
});

test("of a repeated parameter the first", () => {
  assert.equal(first(["a", "b"]), "a");
  assert.equal(first([]), undefined);
  assert.equal(first("a"), "a");
});

test("what a link to sign in brings along", () => {
  assert.deepEqual(returnToFrom({}), { code: null, next: null });
  assert.deepEqual(returnToFrom({ code: "12345", next: "//evil.example" }), {
    code: null,
    next: HOME,
  });
  assert.deepEqual(
    returnToFrom({ code: ["012345", "x"], next: ["/recruiters", "//evil.example"] }),
    {
      code: "012345",
      next: "/recruiters",
    },
  );
});

test("parameters of an address are set and removed", () => {
  const address = "https://here.example/recruiters?show=failed&after=1~2#top";
  assert.equal(changedParams(address, { after: null }), "/recruiters?show=failed");
  assert.equal(changedParams(address, { after: null, show: null }), "/recruiters");
  assert.equal(
    changedParams(address, { show: null, q: "a+b&c", after: "3" }),
    "/recruiters?after=3&q=a%2Bb%26c",
  );
  assert.equal(changedParams("https://here.example/recruiters", { new: "" }), "/recruiters?new");
});
