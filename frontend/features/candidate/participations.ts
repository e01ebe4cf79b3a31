import useSWR from "swr";
import { useSignedIn } from "@/features/account/Providers";
import { dataOf } from "@/lib/errors";

interface Interview {
  id: string;
  title: string;
  description: string | null;
  status: string;
  deadline: string | null;
}

/** A candidate's part in an interview. */
export interface Participation {
  id: string;
  status: string;
  joined_at: string;
  completed_at: string | null;
  interview: Interview;
}

export interface Question {
  id: string;
  question: string;
  order_index: number;
}

const COLUMNS =
  "id, status, joined_at, completed_at, interview:interview_id(id, title, description, status, deadline)";

/** The signed-in candidate's own participations, the latest first. */
export function useParticipations() {
  const { supabase, account } = useSignedIn();
  return useSWR(["participations", account.id], () =>
    dataOf(
      supabase
        .from("interview_participants")
        .select(COLUMNS)
        // A recruiter's account also reads the participants of its own interviews.
        .eq("user_id", account.id)
        .order("joined_at", { ascending: false }),
    ),
  );
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The part in one interview with its questions; null where there is none. */
export function useInterview(interviewId: string) {
  const { supabase, account } = useSignedIn();
  return useSWR(["participation", account.id, interviewId], async () => {
    if (!UUID.test(interviewId)) return null;
    const [participation, questions] = await Promise.all([
      dataOf(
        supabase
          .from("interview_participants")
          .select(COLUMNS)
          .eq("user_id", account.id)
          .eq("interview_id", interviewId)
          .maybeSingle(),
      ),
      dataOf(
        supabase
          .from("interview_questions")
          .select("id, question, order_index")
          .eq("interview_id", interviewId)
          .order("order_index"),
      ),
    ]);
    return participation && { participation, questions };
  });
}

// As long as that the database still takes what was finished in time.
const GRACE_MS = 10 * 60_000;

/** Whether an active candidate may still finish; the database decides, this only shows it. */
export const isOver = ({ status, deadline }: Interview): boolean =>
  status === "completed" ||
  (deadline !== null && new Date(deadline).getTime() + GRACE_MS < Date.now());
