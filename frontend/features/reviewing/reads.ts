import {
  JUDGED,
  type Judged,
  responsesRead,
  reviewsRead,
} from "@/features/recruiting/candidate/reads";
import { comparisonReads } from "@/features/recruiting/compare/reads";
import {
  allRows,
  criteriaRead,
  type Interview,
  type Param,
  questionsRead,
} from "@/features/recruiting/queries";
import type { Tables } from "@/lib/database.types";
import { dataOf, jsonOf } from "@/lib/errors";
import { type Cursor, cursorIn, type Page, pageFrom, pageOf } from "@/lib/keyset";
import type { Read } from "@/lib/read";
import { isUuid } from "@/lib/uuid";

/** An interview whose candidates one reviews, as `join_reviews` returns it. */
export interface ToReview {
  interview_id: string;
  title: string;
  recruiter_name: string;
  joined_at: string;
  to_review: number;
  reviewed: number;
}

/** All of them; those that one was invited to since the last time are joined. */
export const toReviewRead = (accountId: string): Read<ToReview[]> => ({
  key: ["to-review", accountId],
  from: (supabase) => jsonOf(supabase.rpc("join_reviews")),
});

export type Reviewed = Pick<Interview, "id" | "title" | "description" | "status" | "deadline">;

/** One of them; null where one does not review it, or not any more. */
export const reviewedRead = (interviewId: string, accountId: string): Read<Reviewed | null> => ({
  key: ["reviewed", interviewId, accountId],
  from: async (supabase) => {
    if (!isUuid(interviewId) || !accountId) return null;
    const row = await dataOf(
      supabase
        .from("interview_reviewers")
        .select("interview:interviews(id, title, description, status, deadline)")
        .eq("interview_id", interviewId)
        // The policy lets through all reviewers of one's own interviews, too.
        .eq("user_id", accountId)
        .maybeSingle(),
    );
    return row?.interview ?? null;
  },
});

/** The ids of all candidates in the order of joining: who has no name is called by a number. */
export const rosterRead = (interviewId: string): Read<string[]> => ({
  key: ["roster", interviewId],
  from: async (supabase) => {
    if (!isUuid(interviewId)) return [];
    const rows = await allRows((from, to) =>
      dataOf(
        supabase
          .from("interview_participants")
          .select("id")
          .eq("interview_id", interviewId)
          .order("joined_at")
          .order("id")
          .range(from, to),
      ),
    );
    return rows.map(({ id }) => id);
  },
});

/** A candidate in the list of all. */
export type Listed = Pick<
  Tables<"interview_participants">,
  "id" | "candidate_name" | "status" | "joined_at" | "completed_at" | "answered"
> & {
  /** One's own, at most one. */
  reviews: Pick<Tables<"candidate_reviews">, "submitted_at">[];
};

const PAGE = 20;

const listedRead = (
  interviewId: string,
  accountId: string,
  cursor: Cursor | null,
): Read<Page<Listed>> => ({
  key: ["listed", interviewId, cursor],
  from: async (supabase) => {
    if (!isUuid(interviewId) || !accountId) return { rows: [], next: null, previous: null };
    const query = supabase
      .from("interview_participants")
      .select(
        "id, candidate_name, status, joined_at, completed_at, answered, reviews:candidate_reviews(submitted_at)",
      )
      .eq("interview_id", interviewId)
      // The policy lets through one's own participations, too.
      .neq("user_id", accountId)
      .eq("reviews.reviewer_id", accountId);
    const columns = { time: "joined_at", id: "id" };
    const read = await dataOf(pageFrom(query, columns, cursor, PAGE, { earliestFirst: true }));
    const textOf = (row: Listed) => ({ time: row.joined_at, id: row.id });
    return pageOf(read, textOf, cursor, PAGE);
  },
});

/** A candidate as a reviewer may see them. */
export type JudgedByReviewer = Judged & { candidate_name: string | null };

const judgedRead = (
  interviewId: string,
  id: string,
  accountId: string,
): Read<JudgedByReviewer | null> => ({
  key: ["judged", interviewId, id],
  from: async (supabase) => {
    if (!isUuid(interviewId) || !isUuid(id) || !accountId) return null;
    return dataOf(
      supabase
        .from("interview_participants")
        .select(`candidate_name, ${JUDGED}` as const)
        .eq("interview_id", interviewId)
        .eq("id", id)
        .neq("user_id", accountId)
        .maybeSingle(),
    );
  },
});

/** All that the page of an interview shows to a reviewer. */
export const reviewedReads = (interviewId: string, accountId: string, param: Param) => ({
  interview: reviewedRead(interviewId, accountId),
  roster: rosterRead(interviewId),
  questions: questionsRead(interviewId),
  listed: listedRead(interviewId, accountId, cursorIn(param("after"), param("before"))),
});

/** All that the page of a candidate shows to a reviewer. */
export const judgedReads = (interviewId: string, id: string, accountId: string) => ({
  interview: reviewedRead(interviewId, accountId),
  roster: rosterRead(interviewId),
  judged: judgedRead(interviewId, id, accountId),
  questions: questionsRead(interviewId),
  responses: responsesRead(interviewId, id, accountId),
  criteria: criteriaRead(interviewId),
  reviews: reviewsRead(interviewId, id),
});

/** All that the page shows to a reviewer on which answers are compared. */
export const comparedReads = (interviewId: string, accountId: string, param: Param) => ({
  interview: reviewedRead(interviewId, accountId),
  roster: rosterRead(interviewId),
  ...comparisonReads(interviewId, { accountId, owner: false }, param),
});
