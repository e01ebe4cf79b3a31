import assert from "node:assert/strict";
import { test } from "node:test";
import { supabaseSettings } from "./env.ts";

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
