import { type Accommodation, type Phase, phaseOf } from "@/lib/answers";
import type { Tables } from "@/lib/database.types";
import { dataOf, jsonOf } from "@/lib/errors";
import type { Read } from "@/lib/read";
import type { Supabase } from "@/lib/supabase/browser";
import { isUuid } from "@/lib/uuid";

/** A candidate's part in an interview. */
export interface Participation
  extends Pick<
    Tables<"interview_participants">,
    | "id"
    | "status"
    | "joined_at"
    | "completed_at"
    | "answered"
    | "consents_to_recording"
    | "consents_to_analysis"
    | "consent_version"
    | "responses_deleted_at"
    | "responses_expired_at"
  > {
  interview: Pick<
    Tables<"interviews">,
    | ("id" | "title" | "description" | "status" | "deadline" | "response_kinds")
    | ("privacy_notice" | "analysis")
  >;
  /**
   * Whether it can still be answered or submitted; the database decides, this only shows it. As
   * of reading, so that the server and the browser, whose clock may be wrong, show the same.
   */
  phase: Phase;
}

export type Question = Pick<
  Tables<"interview_questions">,
  "id" | "question" | "max_seconds" | "max_takes" | "preparation_seconds" | "required"
>;

/** A take of one's own. */
export type OwnResponse = Pick<
  Tables<"interview_responses">,
  | "id"
  | "question_id"
  | "kind"
  | "take"
  | "status"
  | "answer"
  | "mime_type"
  | "duration_seconds"
  | "size_bytes"
  | "uploaded_at"
> & { analyses: OwnAnalysis[] };

/** What software found in it. */
export type OwnAnalysis = Pick<
  Tables<"response_analyses">,
  "step" | "status" | "problem" | "flags" | "transcript" | "words" | "correction"
>;

/** What `response_settings` returns. */
export interface ResponseSettings {
  kept_for_days: number;
  upload_grace_hours: number;
  storage_ready: boolean;
  consent: { version: number; recording: string; analysis: string };
}

export const INTERVIEW =
  "id, title, description, status, deadline, response_kinds, privacy_notice, analysis";

const COLUMNS = `id, status, joined_at, completed_at, answered, consents_to_recording,
  consents_to_analysis, consent_version, responses_deleted_at, responses_expired_at,
  interview:interview_id(${INTERVIEW})` as const;

function withPhase(
  row: Omit<Participation, "phase">,
  answered: boolean,
  settings: ResponseSettings,
): Participation {
  const { status, deadline } = row.interview;
  const graceHours = settings.upload_grace_hours;
  return { ...row, phase: phaseOf({ status, deadline, answered, graceHours, now: Date.now() }) };
}

export const questionsOf = (supabase: Supabase, interviewId: string): Promise<Question[]> =>
  dataOf(
    supabase
      .from("interview_questions")
      .select("id, question, max_seconds, max_takes, preparation_seconds, required")
      .eq("interview_id", interviewId)
      .order("order_index"),
  );

export const settingsOf = (supabase: Supabase) =>
  jsonOf<ResponseSettings>(supabase.rpc("response_settings"));

/** A candidate's own participations, the latest first. */
export const participationsRead = (userId: string): Read<Participation[]> => ({
  key: ["participations", userId],
  from: async (supabase) => {
    const [rows, settings] = await Promise.all([
      dataOf(
        supabase
          .from("interview_participants")
          .select(COLUMNS)
          // A recruiter's account also reads the participants of its own interviews.
          .eq("user_id", userId)
          .order("joined_at", { ascending: false }),
      ),
      settingsOf(supabase),
    ]);
    return rows.map((row) => withPhase(row, row.answered > 0, settings));
  },
});

/** From how many recruiters' emails an account has unsubscribed. */
export const unsubscribesRead = (userId: string): Read<{ recruiters: number }> => ({
  key: ["unsubscribes", userId],
  from: (supabase) => jsonOf(supabase.rpc("my_unsubscribes")),
});

export interface JoinedInterview {
  participation: Participation;
  questions: Question[];
  responses: OwnResponse[];
  accommodation: Accommodation | null;
  settings: ResponseSettings;
}

/** The part in one interview with its questions and answers; null where there is none. */
export const interviewRead = (userId: string, id: string): Read<JoinedInterview | null> => ({
  key: ["participation", userId, id],
  from: async (supabase) => {
    if (!isUuid(id)) return null;
    const [participation, questions, responses, accommodation, settings] = await Promise.all([
      dataOf(
        supabase
          .from("interview_participants")
          .select(COLUMNS)
          .eq("user_id", userId)
          .eq("interview_id", id)
          .maybeSingle(),
      ),
      questionsOf(supabase, id),
      dataOf(
        supabase
          .from("interview_responses")
          .select(
            `id, question_id, kind, take, status, answer, mime_type, duration_seconds, size_bytes, uploaded_at,
            analyses:response_analyses(step, status, problem, flags, transcript, words, correction)`,
          )
          .eq("interview_id", id)
          .eq("user_id", userId)
          .order("started_at", { ascending: false }),
      ),
      dataOf(
        supabase
          .from("accommodations")
          .select("extra_takes, time_factor")
          .eq("interview_id", id)
          .eq("user_id", userId)
          .maybeSingle(),
      ),
      settingsOf(supabase),
    ]);
    if (!participation) return null;
    // What was begun before the deadline may be sent after it.
    const begun = responses.some(({ status }) => status !== "discarded");
    return {
      participation: withPhase(participation, begun, settings),
      questions,
      responses,
      accommodation,
      settings,
    };
  },
});
