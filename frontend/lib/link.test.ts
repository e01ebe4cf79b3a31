import assert from "node:assert/strict";
import { test } from "node:test";
import { askedFor, linkIn } from "./link.ts";

const at = (rest: string) => linkIn(`https://site.example/auth/confirm${rest}`);

test("each form of link is read", () => {
  assert.deepEqual(at("?next=%2F#access_token=a&refresh_token=r&type=signup"), {
    purpose: "confirm",
    brought: { form: "tokens", access_token: "a", refresh_token: "r" },
  });
  assert.deepEqual(at("?invite=012345&token_hash=h&type=invite"), {
    purpose: "invite",
    brought: { form: "hash", token_hash: "h", type: "invite" },
  });
  assert.deepEqual(at("?type=recovery&code=c"), {
    purpose: "recovery",
    brought: { form: "code", code: "c" },
  });
  assert.deepEqual(at("?next=%2F").brought, { form: "nothing" });
});

test("a refusal counts before all else", () => {
  const { brought } = at("?token_hash=h&type=email#error=access_denied&error_code=otp_expired");
  assert.deepEqual(brought, { form: "refused", code: "otp_expired" });
  assert.deepEqual(at("?error=x").brought, { form: "refused", code: "otp_expired" });
});

test("what is no type of a link confirms an address, as Auth's own links do", () => {
  for (const odd of ["", "nonsense", "constructor", "__proto__"]) {
    assert.deepEqual(at(`?token_hash=h&type=${odd}`), {
      purpose: "confirm",
      brought: { form: "hash", token_hash: "h", type: "email" },
    });
  }
});

test("half a session is none", () => {
  assert.equal(at("#access_token=a").brought.form, "nothing");
  assert.equal(at("#refresh_token=r").brought.form, "nothing");
});

test("what was asked for comes along in the address, or in redirect_to", () => {
  const invite = (rest: string) =>
    askedFor(`https://site.example/auth/confirm${rest}`).get("invite");
  const asked = encodeURIComponent("https://site.example/auth/confirm?invite=012345");
  assert.equal(invite("?invite=012345&token_hash=h"), "012345");
  assert.equal(invite(`?token_hash=h&type=signup&redirect_to=${asked}`), "012345");
  for (const none of ["https%3A%2F%2Fsite.example", "nonsense", "http%3A%2F%2F", ""]) {
    assert.equal(invite(`?token_hash=h&redirect_to=${none}`), null);
  }
});
