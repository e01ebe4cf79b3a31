import type { Tables } from "@/lib/database.types";
import { dataOf } from "@/lib/errors";
import type { Read } from "@/lib/read";
import { isUuid } from "@/lib/uuid";
import { type Interview, type Participant, questionsRead } from "../queries";

export type Accommodation = Pick<Tables<"accommodations">, "extra_takes" | "time_factor">;

/** One participant with all that their page says about them. */
export interface Candidate extends Participant {
  responses_deleted_at: string | null;
  responses_expired_at: string | null;
  interview: Pick<Interview, "id" | "title" | "status" | "deadline" | "updated_at">;
  accommodation: Accommodation | null;
}

export type Response = Pick<
  Tables<"interview_responses">,
  "id" | "question_id" | "question" | "kind" | "take" | "answer" | "duration_seconds"
> & { uploaded_at: string | null };

const candidateRead = (
  interviewId: string,
  id: string,
  recruiterId: string,
): Read<Candidate | null> => ({
  key: ["candidate", interviewId, id],
  from: async (supabase) => {
    if (!isUuid(interviewId) || !isUuid(id) || !recruiterId) return null;
    return dataOf(
      supabase
        .from("interview_participants")
        .select(
          "id, status, joined_at, completed_at, answered, responses_deleted_at, responses_expired_at, invite:invite_id(email, candidate_name), interview:interviews(id, title, status, deadline, updated_at), accommodation:accommodations(extra_takes, time_factor)",
        )
        // The policy lets through one's own participations, too.
        .eq("recruiter_id", recruiterId)
        .eq("interview_id", interviewId)
        .eq("id", id)
        .maybeSingle(),
    );
  },
});

/** What they have submitted; a response before that is nobody's but theirs. */
const responsesRead = (interviewId: string, id: string, recruiterId: string): Read<Response[]> => ({
  key: ["responses", interviewId, id],
  from: async (supabase) => {
    if (!isUuid(interviewId) || !isUuid(id) || !recruiterId) return [];
    return dataOf(
      supabase
        .from("interview_responses")
        .select("id, question_id, question, kind, take, answer, duration_seconds, uploaded_at")
        .eq("participant_id", id)
        .eq("interview_id", interviewId)
        .eq("recruiter_id", recruiterId)
        .eq("status", "uploaded")
        .not("submitted_at", "is", null),
    );
  },
});

/** All that a candidate's page shows to the recruiter who is signed in. */
export const candidateReads = (interviewId: string, id: string, recruiterId: string) => ({
  candidate: candidateRead(interviewId, id, recruiterId),
  questions: questionsRead(interviewId),
  responses: responsesRead(interviewId, id, recruiterId),
});
