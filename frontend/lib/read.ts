import { unstable_serialize } from "swr";
import type { Supabase } from "./supabase/browser";

/**
 * Something that is read from Supabase: by the server for the first paint, by the browser from then
 * on. Two reads of one key are the same.
 */
export interface Read<Data> {
  key: readonly unknown[];
  from: (supabase: Supabase) => Promise<Data>;
}

/** Answers by `keyOf` their reads. */
export type Answers = Record<string, unknown>;

export const keyOf = ({ key }: Read<unknown>): string => unstable_serialize(key);

// In characters of JSON. A page that carried much more would keep the server from all others.
const MOST = 256_000;

/**
 * Reads all at once. What fails is left out: the browser tries it again, and says why it failed.
 * What is very long is left out, too: the browser alone waits for it.
 */
export async function readAll(supabase: Supabase, reads: Read<unknown>[]): Promise<Answers> {
  const results = await Promise.allSettled(reads.map(({ from }) => from(supabase)));
  const answers: Answers = {};
  for (const [at, read] of reads.entries()) {
    const result = results[at];
    if (result?.status !== "fulfilled") continue;
    if ((JSON.stringify(result.value) ?? "").length > MOST) continue;
    answers[keyOf(read)] = result.value;
  }
  return answers;
}
