import type { Cell, CsvTable } from "@/lib/csv";
import { dataOf } from "@/lib/errors";
import type { Supabase } from "@/lib/supabase/browser";
import { REVIEW, type Review } from "../candidate/reads";
import { criteriaRead } from "../queries";

// PostgREST gives no more rows than that at once.
const CHUNK = 1000;

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
