import type { Tables } from "@/lib/database.types";
import { dataOf } from "@/lib/errors";
import type { Read } from "@/lib/read";
import { isUuid } from "@/lib/uuid";
import { personRead, timelineRead } from "../candidates/reads";
import { criteriaRead, type Interview, questionsRead, titleRead } from "../queries";

export type Accommodation = Pick<Tables<"accommodations">, "extra_takes" | "time_factor">;

/** What everyone may see of a candidate who judges them. */
export type Judged = Pick<
  Tables<"interview_participants">,
  | "id"
  | "status"
  | "joined_at"
  | "completed_at"
  | "answered"
  | "responses_deleted_at"
  | "responses_expired_at"
> & { interview: Pick<Interview, "id" | "title" | "status" | "deadline" | "updated_at"> };

/** One participant with what their page alone says to the recruiter. */
export interface Candidate extends Judged {
  accommodation: Accommodation | null;
}

export const JUDGED =
  "id, status, joined_at, completed_at, answered, responses_deleted_at, responses_expired_at, interview:interviews(id, title, status, deadline, updated_at)";

export type Response = Pick<
  Tables<"interview_responses">,
  "id" | "question_id" | "question" | "kind" | "take" | "answer" | "duration_seconds"
> & { uploaded_at: string | null };

export const RESPONSE =
  "id, question_id, question, kind, take, answer, duration_seconds, uploaded_at";

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
        .select(`${JUDGED}, accommodation:accommodations(extra_takes, time_factor)` as const)
        // The policy lets through one's own participations, too.
        .eq("recruiter_id", recruiterId)
        .eq("interview_id", interviewId)
        .eq("id", id)
        .maybeSingle(),
    );
  },
});

/** What they have submitted; a response before that is nobody's but theirs. */
export const responsesRead = (
  interviewId: string,
  id: string,
  accountId: string,
): Read<Response[]> => ({
  key: ["responses", interviewId, id],
  from: async (supabase) => {
    if (!isUuid(interviewId) || !isUuid(id) || !accountId) return [];
    return dataOf(
      supabase
        .from("interview_responses")
        .select(RESPONSE)
        .eq("participant_id", id)
        .eq("interview_id", interviewId)
        // The policy lets through one's own answers, too.
        .neq("user_id", accountId)
        .eq("status", "uploaded")
        .not("submitted_at", "is", null),
    );
  },
});

export type Review = Pick<
  Tables<"candidate_reviews">,
  "id" | "reviewer_id" | "reviewer_name" | "note" | "submitted_at" | "changed_at"
> & { ratings: Pick<Tables<"candidate_ratings">, "criterion_id" | "level" | "note">[] };

export const REVIEW =
  "id, reviewer_id, reviewer_name, note, submitted_at, changed_at, ratings:candidate_ratings(criterion_id, level, note)";

/** One's own review, and those of others once it is submitted. */
export const reviewsRead = (interviewId: string, id: string): Read<Review[]> => ({
  key: ["reviews", interviewId, id],
  from: async (supabase) => {
    if (!isUuid(interviewId) || !isUuid(id)) return [];
    return dataOf(
      supabase
        .from("candidate_reviews")
        .select(REVIEW)
        .eq("participant_id", id)
        .eq("interview_id", interviewId)
        .order("submitted_at"),
    );
  },
});

export type Decision = Pick<Tables<"candidate_decisions">, "decision" | "decided_at">;

/** What was decided about them; null while nothing is. */
const decisionRead = (interviewId: string, id: string): Read<Decision | null> => ({
  key: ["decision", interviewId, id],
  from: async (supabase) => {
    if (!isUuid(interviewId) || !isUuid(id)) return null;
    return dataOf(
      supabase
        .from("candidate_decisions")
        .select("decision, decided_at")
        .eq("participant_id", id)
        .eq("interview_id", interviewId)
        .maybeSingle(),
    );
  },
});

/**
 * All that a candidate's page shows to the recruiter who is signed in. The id is the participant's,
 * or that of an invite which nobody has redeemed.
 */
export const candidateReads = (interviewId: string, id: string, recruiterId: string) => ({
  title: titleRead(interviewId, recruiterId),
  person: personRead(interviewId, id),
  timeline: timelineRead(interviewId, id),
  candidate: candidateRead(interviewId, id, recruiterId),
  questions: questionsRead(interviewId),
  responses: responsesRead(interviewId, id, recruiterId),
  criteria: criteriaRead(interviewId),
  reviews: reviewsRead(interviewId, id),
  decision: decisionRead(interviewId, id),
});
