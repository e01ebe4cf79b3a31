import assert from "node:assert/strict";
import { test } from "node:test";
import { destinationOf, pathFor } from "./auth.ts";

test("after signing in, the code comes first", () => {
  assert.equal(
    destinationOf({ code: "012345", next: "/recruiters" }),
    "/candidates/dashboard?code=012345",
  );
  assert.equal(destinationOf({ code: null, next: "/recruiters?x=1" }), "/recruiters?x=1");
  assert.equal(destinationOf({ code: null, next: null }), "/");
});

test("the pages of an account hand on where somebody wanted to go", () => {
  assert.equal(pathFor("/login", { code: null, next: null }), "/login");
  assert.equal(pathFor("/login", { code: "012345", next: "/x" }), "/login?code=012345");
  assert.equal(pathFor("/signup", { code: null, next: "/x?y=1" }), "/signup?next=%2Fx%3Fy%3D1");
});
