import type { Cell, CsvTable } from "@/lib/csvOf";
import type { Tables } from "@/lib/database.types";
import { dataOf } from "@/lib/errors";
import type { Supabase } from "@/lib/supabase/browser";
import { REVIEW, type Review } from "../candidate/reads";
import { type Matching, matching } from "../candidates/reads";
import { criteriaRead } from "../queries";

// So many that no call takes seconds: the database gathers a candidate from several tables.
const CHUNK = 250;

/** All rows of a list, of which `read` has those that follow a row, at most `CHUNK`. */
export async function allAfter<Row>(
  read: (last: Row | undefined, limit: number) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const more = await read(rows.at(-1), CHUNK);
    rows.push(...more);
    if (more.length < CHUNK) return rows;
  }
}

/** All candidates of an interview that match, the latest invited first. */
export async function candidatesCsv(
  supabase: Supabase,
  interviewId: string,
  match: Matching,
): Promise<CsvTable> {
  const people = await allAfter((last: Tables<"interview_candidates"> | undefined, limit) =>
    dataOf(
      supabase.rpc("list_candidates", {
        ...matching(interviewId, match),
        // Unlike the last event, it stays while they are read.
        sort: "invited",
        page_size: limit,
        ...(last?.id && { cursor_value: last.invited_at ?? "", cursor_id: last.id }),
      }),
    ),
  );
  return {
    header: [
      ...["Name", "Address", "State", "Invited", "Email", "Email error", "Expires"],
      ...["Joined", "Completed", "Answered", "Questions", "Missing", "Reviews", "Decision"],
      ...["Decided", "Last event", "Last event at"],
    ],
    rows: people.map((one): Cell[] => [
      ...[one.candidate_name, one.email, one.state, one.invited_at, one.delivery_status],
      ...[one.delivery_error, one.expires_at, one.joined_at, one.completed_at, one.answered],
      ...[one.questions, one.missing, one.reviews, one.decision, one.decided_at],
      ...[one.last_event, one.last_event_at],
    ]),
  };
}

const REVIEWED =
  `${REVIEW}, participant:participant_id(candidate_name, invite:invite_id(email))` as const;
type Reviewed = Review & {
  participant: { candidate_name: string | null; invite: { email: string } | null } | null;
};

/**
 * The submitted reviews of an interview that its recruiter may read: a row for each criterion, and
 * one for what was written on the whole.
 */
export async function reviewsCsv(supabase: Supabase, interviewId: string): Promise<CsvTable> {
  const [criteria, reviews] = await Promise.all([
    criteriaRead(interviewId).from(supabase),
    allAfter((last: Reviewed | undefined, limit) =>
      dataOf(
        supabase
          .from("candidate_reviews")
          .select(REVIEWED)
          .eq("interview_id", interviewId)
          .not("submitted_at", "is", null)
          .gt("id", last?.id ?? "00000000-0000-0000-0000-000000000000")
          .order("id")
          .limit(limit),
      ),
    ),
  ]);
  const addressOf = ({ participant }: Reviewed) => participant?.invite?.email ?? "";
  reviews.sort((one, other) => addressOf(one).localeCompare(addressOf(other)));
  return {
    header: [
      ...["Name", "Address", "Reviewer", "Submitted", "Changed"],
      ...["Criterion", "Level", "Meaning", "Note"],
    ],
    rows: reviews.flatMap((review) => {
      const { participant, reviewer_name, submitted_at, changed_at, ratings, note } = review;
      const about = [
        ...[participant?.candidate_name ?? null, addressOf(review)],
        ...[reviewer_name, submitted_at, changed_at],
      ];
      const rated = criteria.flatMap(({ id, name, levels }): Cell[][] => {
        const rating = ratings.find(({ criterion_id }) => criterion_id === id);
        if (!rating) return [];
        return [[...about, name, rating.level, levels[rating.level - 1] ?? null, rating.note]];
      });
      return note || rated.length === 0
        ? [...rated, [...about, "On the whole", null, null, note]]
        : rated;
    }),
  };
}
