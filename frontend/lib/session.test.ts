import assert from "node:assert/strict";
import { test } from "node:test";
import { accountOf } from "./session.ts";

test("the role is what Auth says, not the person", () => {
  const sub = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
  assert.ok(accountOf({ sub, app_metadata: { roles: ["recruiter"] } }).recruiter);
  for (const roles of [undefined, null, "recruiter", [], ["admin"], { recruiter: true }]) {
    assert.equal(accountOf({ sub, app_metadata: { roles } }).recruiter, false);
  }
  assert.equal(accountOf({ sub, user_metadata: { roles: ["recruiter"] } }).recruiter, false);
});

test("an account's name is the person's own word, if it is one", () => {
  const sub = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
  const named = (full_name: unknown) => accountOf({ sub, user_metadata: { full_name } }).name;
  assert.equal(named("Jane"), "Jane");
  assert.equal(named(" Jane "), "Jane");
  for (const odd of [undefined, null, "", " ", " \u200f", 5, {}, ["Jane"]])
    assert.equal(named(odd), null);
  assert.deepEqual(accountOf({ sub, email: "a@x.example" }), {
    id: sub,
    email: "a@x.example",
    name: null,
    recruiter: false,
  });
});
