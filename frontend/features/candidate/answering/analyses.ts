import { dataOf, jsonOf, refuse } from "@/lib/errors";
import type { Supabase } from "@/lib/supabase/browser";
import type { Checker } from "./answerStore";

/** What looks at one's recordings in an interview. */
export const checkerOf = (supabase: Supabase, interviewId: string, userId: string): Checker => ({
  works: async () => {
    const state = await jsonOf<{ check: string }>(supabase.rpc("analysis_state"));
    return state.check === "working";
  },
  found: () =>
    dataOf(
      supabase
        .from("response_analyses")
        .select("response_id, status, problem, flags")
        .eq("interview_id", interviewId)
        .eq("user_id", userId)
        .eq("step", "check"),
    ),
});

/** Writes the note on one's transcript, unless another one than `seen` is there. */
export async function correct(
  supabase: Supabase,
  responseId: string,
  note: string,
  seen: string,
): Promise<string | null> {
  const transcript = await dataOf(
    supabase
      .from("response_analyses")
      .select("correction")
      .eq("response_id", responseId)
      .eq("step", "transcript")
      .maybeSingle(),
  );
  const there = (transcript ?? refuse("transcript_gone")).correction ?? "";
  // The same is there after an answer that was lost on its way.
  if (there !== seen && there !== note) return there;
  const [saved] = await dataOf(
    supabase
      .from("response_analyses")
      .update({ correction: note || null })
      .eq("response_id", responseId)
      .eq("step", "transcript")
      .select("response_id"),
  );
  if (!saved) refuse("transcript_gone");
  return null;
}
