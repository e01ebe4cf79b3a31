import assert from "node:assert/strict";
import { test } from "node:test";
import { isSecretKey, refuseSecretKeys, supabaseSettings } from "./env.ts";

test("a variable that is missing or empty is named", () => {
  process.env.NEXT_PUBLIC_SUPABASE_URL = "https://x.supabase.co";
  for (const key of [undefined, ""]) {
    if (key === undefined) delete process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY;
    else process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY = key;
    assert.throws(supabaseSettings, /NEXT_PUBLIC_SUPABASE_ANON_KEY is not set/);
  }
  process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY = "key";
  assert.deepEqual(supabaseSettings(), {
    url: "https://x.supabase.co",
    anonKey: "key",
    storageUrl: "https://x.supabase.co/storage/v1",
  });
});

test("uploads may go to a host of their own", () => {
  process.env.NEXT_PUBLIC_SUPABASE_STORAGE_URL = "https://x.storage.supabase.co/";
  assert.equal(supabaseSettings().storageUrl, "https://x.storage.supabase.co/storage/v1");
  delete process.env.NEXT_PUBLIC_SUPABASE_STORAGE_URL;
});

const key = (claims: object) =>
  [{ alg: "HS256" }, claims, "signature"]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");

test("keys that open the project are told from those for browsers", () => {
  for (const secret of [
    "sb_secret_abc",
    " sb_secret_abc\n",
    key({ role: "service_role" }),
    key({ role: "postgres" }),
    ` ${key({ role: "service_role", iss: "supabase" })}`,
  ])
    assert.equal(isSecretKey(secret), true, secret);
  for (const open of [
    "",
    "sb_publishable_abc",
    key({ role: "anon" }),
    key({}),
    "a.b.c",
    "https://x.supabase.co",
    "key",
  ])
    assert.equal(isSecretKey(open), false, open);
});

test("no variable that browsers are told may hold one", () => {
  const environment = { NODE_ENV: "test", SUPABASE_SERVICE_ROLE_KEY: "sb_secret_x" } as const;
  refuseSecretKeys(environment);
  for (const name of ["NEXT_PUBLIC_SUPABASE_ANON_KEY", "NEXT_PUBLIC_ANYTHING"])
    assert.throws(
      () => refuseSecretKeys({ ...environment, [name]: "sb_secret_abc" }),
      (error: Error) => error.message.startsWith(name) && !error.message.includes("abc"),
    );
});
