import { dataOf } from "@/lib/errors";
import type { Read } from "@/lib/read";
import { isUuid } from "@/lib/uuid";
import {
  INTERVIEW,
  type JoinedInterview,
  type Participation,
  questionsOf,
  settingsOf,
} from "../participations";

/** What a candidate would see of an interview before they answer. */
export interface TriedInterview extends Pick<JoinedInterview, "questions" | "settings"> {
  interview: Participation["interview"];
}

/** An interview of the recruiter's own, to be tried; null where it is none. */
export const trialRead = (recruiterId: string, id: string): Read<TriedInterview | null> => ({
  key: ["trial", recruiterId, id],
  from: async (supabase) => {
    if (!isUuid(id)) return null;
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
      questionsOf(supabase, id),
      settingsOf(supabase),
    ]);
    return interview && { interview, questions, settings };
  },
});
