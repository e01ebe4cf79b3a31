import type { Tables } from "@/lib/database.types";
import { dataOf, jsonOf } from "@/lib/errors";
import type { Read } from "@/lib/read";

export type Transcript = Pick<
  Tables<"response_analyses">,
  | ("step" | "status" | "problem" | "seconds" | "language")
  | ("transcript" | "words" | "engine" | "model" | "version" | "correction")
>;

const TRANSCRIPT =
  "step, status, problem, seconds, language, transcript, words, engine, model, version, correction";

/** What was said in a response, and what says whether it is to be written down. */
export interface Spoken {
  participant_id: string;
  recruiter_id: string;
  participant: Pick<Tables<"interview_participants">, "consents_to_analysis"> & {
    interview: Pick<Tables<"interviews">, "id" | "analysis">;
  };
  analyses: Transcript[];
}

/** By the response alone: the policies say who may read it. */
export const spokenRead = (responseId: string): Read<Spoken | null> => ({
  key: ["spoken", responseId],
  from: async (supabase) =>
    dataOf(
      supabase
        .from("interview_responses")
        .select(
          `participant_id, recruiter_id, analyses:response_analyses(${TRANSCRIPT}),
          participant:interview_participants(consents_to_analysis, interview:interviews(id, analysis))`,
        )
        .eq("id", responseId)
        .eq("analyses.step", "transcript")
        .maybeSingle(),
    ),
});

/** What analysis_state says. */
interface AnalysisState {
  check: string;
  transcript: string;
}

/** Whether transcripts are written at the moment. */
export const analystRead: Read<AnalysisState> = {
  key: ["analyst"],
  from: (supabase) => jsonOf(supabase.rpc("analysis_state")),
};

/** Where a word that a criterion looks for was said; the second is null where nobody knows it. */
export interface Quote {
  criterion_id: string;
  term: string;
  response_id: string;
  question_id: string;
  start_seconds: number | null;
  quote: string;
}

export type Wanted = Pick<Tables<"interview_criteria">, "id" | "name" | "terms">;

export interface Evidence {
  /** The criteria that look for words. */
  criteria: Wanted[];
  quotes: Quote[];
}

/** What the words to look for were found in, over all answers of a candidate. */
export const evidenceRead = (interviewId: string, participantId: string): Read<Evidence> => ({
  key: ["evidence", interviewId, participantId],
  from: async (supabase) => {
    const [criteria, quotes] = await Promise.all([
      dataOf(
        supabase
          .from("interview_criteria")
          .select("id, name, terms")
          .eq("interview_id", interviewId)
          .order("created_at")
          .order("id"),
      ),
      jsonOf<Quote[]>(supabase.rpc("find_terms", { participant_id: participantId })),
    ]);
    return { criteria: criteria.filter(({ terms }) => terms.length > 0), quotes };
  },
});
