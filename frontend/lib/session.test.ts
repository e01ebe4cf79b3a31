import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { createClient } from "@supabase/supabase-js";
import { accountOf, claimsOf } from "./session.ts";

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

test("a token of no account, or none that makes sense, is nobody's", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = { ...publicKey.export({ format: "jwk" }), kty: "EC", kid: "1", key_ops: ["verify"] };
  const { auth } = createClient("http://localhost", "key", { auth: { persistSession: false } });
  const subOf = async (token: string) => {
    const getClaims = () => auth.getClaims(token, { jwks: { keys: [jwk] } });
    return (await claimsOf({ getClaims })).data?.claims.sub ?? null;
  };
  const signed = (claims: object) => {
    const parts = [{ alg: "ES256", kid: "1", typ: "JWT" }, claims];
    const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
    const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
    const signature = sign("sha256", Buffer.from(text.join(".")), key);
    return [...text, signature.toString("base64url")].join(".");
  };
  const claims = { role: "authenticated", exp: Math.floor(Date.now() / 1000) + 600 };
  assert.equal(await subOf(signed({ ...claims, sub: "a" })), "a");
  assert.equal(await subOf(signed({ ...claims, sub: "" })), null);
  assert.equal(await subOf(signed({ ...claims, role: "anon" })), null);
  assert.equal(await subOf(".."), null);
});
