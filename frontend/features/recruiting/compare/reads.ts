import type { Tables } from "@/lib/database.types";
import { dataOf } from "@/lib/errors";
import { type Cursor, cursorIn, type Page, pageFrom, pageOf } from "@/lib/keyset";
import type { Read } from "@/lib/read";
import { isUuid } from "@/lib/uuid";
import { RESPONSE, REVIEW, type Response, type Review } from "../candidate/reads";
import { criteriaRead, type Param, type Participant, questionsRead, titleRead } from "../queries";

/** A candidate who has submitted, with their answer to one question and what was written of them. */
export type Compared = Pick<
  Tables<"interview_participants">,
  "id" | "joined_at" | "candidate_name"
> & {
  /** For the recruiter alone. */
  invite: Participant["invite"];
  /** At most one. */
  responses: Response[];
  /** One's own, and those of others once it is submitted. */
  reviews: Review[];
};

/** Who compares, and whether as the interview's recruiter or as one of its reviewers. */
export interface Viewer {
  accountId: string;
  owner: boolean;
}

/** The answers to one question, of a page of candidates. */
export interface Comparison extends Page<Compared> {
  questionId: string;
}

const PAGE = 20;
const COMPARED = `id, joined_at, candidate_name, invite:invite_id(email, candidate_name),
  responses:interview_responses(${RESPONSE}), reviews:candidate_reviews(${REVIEW})` as const;

/** A page of those who have submitted, in the order in which they joined, whatever they answered. */
const comparedRead = (
  interviewId: string,
  questionId: string,
  { accountId, owner }: Viewer,
  cursor: Cursor | null,
): Read<Comparison> => ({
  key: ["compared", interviewId, questionId, cursor],
  from: async (supabase) => {
    if (!isUuid(interviewId) || !isUuid(questionId) || !accountId) {
      return { questionId, rows: [], next: null, previous: null };
    }
    let query = supabase
      .from("interview_participants")
      .select(COMPARED)
      .eq("interview_id", interviewId)
      // The policy lets through one's own participations, too.
      .neq("user_id", accountId)
      .eq("status", "completed")
      .eq("responses.question_id", questionId)
      .eq("responses.status", "uploaded")
      .not("responses.submitted_at", "is", null)
      .order("submitted_at", { referencedTable: "reviews" });
    if (owner) query = query.eq("recruiter_id", accountId);
    const columns = { time: "joined_at", id: "id" };
    const read = await dataOf(pageFrom(query, columns, cursor, PAGE, { earliestFirst: true }));
    const textOf = (row: Compared) => ({ time: row.joined_at, id: row.id });
    return { questionId, ...pageOf(read, textOf, cursor, PAGE) };
  },
});

/** The answers to one question, that of the address, and what judging them needs. */
export const comparisonReads = (interviewId: string, viewer: Viewer, param: Param) => ({
  questions: questionsRead(interviewId),
  criteria: criteriaRead(interviewId),
  compared: comparedRead(
    interviewId,
    param("question") ?? "",
    viewer,
    cursorIn(param("after"), param("before")),
  ),
});

/** All that the page shows to the recruiter who is signed in. */
export const compareReads = (interviewId: string, recruiterId: string, param: Param) => ({
  interview: titleRead(interviewId, recruiterId),
  ...comparisonReads(interviewId, { accountId: recruiterId, owner: true }, param),
});
