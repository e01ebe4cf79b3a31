import type { Tables } from "@/lib/database.types";
import { dataOf } from "@/lib/errors";
import type { Read } from "@/lib/read";

/** A candidate's part in an interview. */
export interface Participation
  extends Pick<Tables<"interview_participants">, "id" | "status" | "joined_at" | "completed_at"> {
  interview: Pick<Tables<"interviews">, "id" | "title" | "description" | "status" | "deadline">;
  /**
   * Whether an active candidate can no longer finish; the database decides, this only shows it. As
   * of reading, so that the server and the browser, whose clock may be wrong, show the same.
   */
  over: boolean;
}

export type Question = Pick<Tables<"interview_questions">, "id" | "question">;

const COLUMNS =
  "id, status, joined_at, completed_at, interview:interview_id(id, title, description, status, deadline)";

// As long as that the database still takes what was finished in time.
const GRACE_MS = 10 * 60_000;

function withOver(row: Omit<Participation, "over">): Participation {
  const { status, deadline } = row.interview;
  const late = deadline !== null && new Date(deadline).getTime() + GRACE_MS < Date.now();
  return { ...row, over: status === "completed" || late };
}

/** A candidate's own participations, the latest first. */
export const participationsRead = (userId: string): Read<Participation[]> => ({
  key: ["participations", userId],
  from: async (supabase) => {
    const rows = await dataOf(
      supabase
        .from("interview_participants")
        .select(COLUMNS)
        // A recruiter's account also reads the participants of its own interviews.
        .eq("user_id", userId)
        .order("joined_at", { ascending: false }),
    );
    return rows.map(withOver);
  },
});

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface JoinedInterview {
  participation: Participation;
  questions: Question[];
}

/** The part in one interview with its questions; null where there is none. */
export const interviewRead = (userId: string, id: string): Read<JoinedInterview | null> => ({
  key: ["participation", userId, id],
  from: async (supabase) => {
    if (!UUID.test(id)) return null;
    const [participation, questions] = await Promise.all([
      dataOf(
        supabase
          .from("interview_participants")
          .select(COLUMNS)
          .eq("user_id", userId)
          .eq("interview_id", id)
          .maybeSingle(),
      ),
      dataOf(
        supabase
          .from("interview_questions")
          .select("id, question")
          .eq("interview_id", id)
          .order("order_index"),
      ),
    ]);
    return participation && { participation: withOver(participation), questions };
  },
});
