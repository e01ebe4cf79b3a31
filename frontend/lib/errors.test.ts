import assert from "node:assert/strict";
import { test } from "node:test";
import { dataOf, jsonOf, problem, problemOf, refuse } from "./errors.ts";

const slugOf = (error: unknown): string => problemOf(error).slug;

test("a refusal of the database: our sentence, and its hint where it knows more", () => {
  const told = problemOf({
    code: "PT409",
    message: "interview is closed",
    details: "interview_closed",
    hint: "Ask the recruiter.",
  });
  assert.deepEqual(told, {
    slug: "interview_closed",
    message: "This interview is closed.",
    hint: "Ask the recruiter.",
  });
  const ours = problemOf({ code: "PT404", details: "interview_not_found", hint: "Another." });
  assert.notEqual(ours.hint, "Another.");
});

test("whatever else was thrown is a fault of ours, and its words stay inside", () => {
  const odd = [
    null,
    undefined,
    "oops",
    5,
    new TypeError("x is undefined"),
    {},
    { code: "PT500" },
    { code: "PT400", details: null },
    { code: "XX000", message: "relation private.codes", hint: "secret" },
    { code: "PT400", details: "constructor", hint: "<script>" },
    { code: "PT400", details: "__proto__" },
    { code: "toString" },
  ];
  for (const error of odd) {
    const { slug, message, hint } = problemOf(error);
    assert.equal(slug, "unexpected");
    assert.equal(message, "Something went wrong on our side.");
    assert.doesNotMatch(hint, /secret|script|private/);
  }
});

test("codes of PostgreSQL, PostgREST and Auth", () => {
  assert.equal(slugOf({ code: "42501" }), "not_allowed");
  // Without a valid token, nobody may.
  assert.equal(slugOf({ code: "42501", status: 401 }), "not_signed_in");
  assert.equal(slugOf({ code: "PGRST303" }), "not_signed_in");
  assert.equal(slugOf({ code: "session_not_found" }), "not_signed_in");
  assert.equal(slugOf({ name: "AuthSessionMissingError" }), "not_signed_in");
  assert.equal(slugOf({ code: "invalid_credentials" }), "invalid_credentials");
  assert.equal(slugOf({ code: "57014" }), "took_too_long");
});

test("an unreachable server, as each browser words it", () => {
  for (const message of [
    "TypeError: Failed to fetch",
    "TypeError: NetworkError when attempting to fetch resource.",
    "TypeError: Load failed",
    "TypeError: fetch failed",
  ]) {
    assert.equal(slugOf({ code: "", message }), "network_down", message);
  }
  assert.equal(slugOf({ name: "AuthRetryableFetchError", status: 503 }), "network_down");
  // A server that did answer is not unreachable, whatever it says.
  assert.equal(
    slugOf({ code: "PT409", details: "interview_closed", message: "fetch failed" }),
    "interview_closed",
  );
});

test("the data of an answer, or its refusal", async () => {
  const answered = Promise.resolve({ data: [1, 2], error: null, status: 200 });
  assert.deepEqual(await dataOf(answered), [1, 2]);
  const jsonb = Promise.resolve({ data: { title: "A" }, error: null });
  assert.equal((await jsonOf<{ title: string }>(jsonb)).title, "A");
  const refused = Promise.resolve({ data: null, error: { code: "42501" }, status: 401 });
  const thrown = await dataOf(refused).catch((error: unknown) => error);
  assert.ok(thrown instanceof Error);
  assert.equal(slugOf(thrown), "not_signed_in");
});

test("a refusal that is found here", () => {
  assert.equal(problem("invalid_code").slug, "invalid_code");
  assert.throws(
    () => refuse("invalid_code"),
    (error) => slugOf(error) === "invalid_code",
  );
});
