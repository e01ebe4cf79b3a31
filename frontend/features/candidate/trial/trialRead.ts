import { dataOf } from "@/lib/errors";
import type { Read } from "@/lib/read";
import {
  INTERVIEW,
  type JoinedInterview,
  type Participation,
  QUESTION,
  settingsOf,
  UUID,
} from "../participations";

/** What a candidate would see of an interview before they answer. */
export interface TriedInterview extends Pick<JoinedInterview, "questions" | "settings"> {
  interview: Participation["interview"];
}

/** An interview of the recruiter's own, to be tried; null where it is none. */
export const trialRead = (recruiterId: string, id: string): Read<TriedInterview | null> => ({
  key: ["trial", recruiterId, id],
  from: async (supabase) => {
    if (!UUID.test(id)) return null;
    const [interview, questions, settings] = await Promise.all([
      dataOf(
        supabase
          .from("interviews")
          .select(INTERVIEW)
          .eq("id", id)
          // Candidates read the interviews that they joined, too.
          .eq("recruiter_id", recruiterId)
          .maybeSingle(),
      ),
      dataOf(
        supabase
          .from("interview_questions")
          .select(QUESTION)
          .eq("interview_id", id)
          .order("order_index"),
      ),
      settingsOf(supabase),
    ]);
    return interview && { interview, questions, settings };
  },
});
