import type { Tables } from "@/lib/database.types";
import { dataOf, jsonOf } from "@/lib/errors";
import type { Read } from "@/lib/read";
import { isUuid } from "@/lib/uuid";
import { type Participant, questionsRead } from "../queries";

/** A passage that was found; the second is null where nobody knows it. */
export interface Hit {
  participant_id: string;
  response_id: string;
  question_id: string;
  start_seconds: number | null;
  quote: string;
}

type Speaker = Pick<Participant, "id" | "invite">;

/** All passages of one candidate. */
export interface Found {
  speaker: Speaker;
  hits: Hit[];
}

/** No more passages are found at once. */
export const MOST_HITS = 200;

const interviewRead = (
  id: string,
  recruiterId: string,
): Read<Pick<Tables<"interviews">, "id" | "title" | "analysis"> | null> => ({
  key: ["searched", id, recruiterId],
  from: async (supabase) => {
    if (!isUuid(id) || !recruiterId) return null;
    return dataOf(
      supabase
        .from("interviews")
        .select("id, title, analysis")
        .eq("id", id)
        // Candidates read the interviews that they joined, too.
        .eq("recruiter_id", recruiterId)
        .maybeSingle(),
    );
  },
});

/** Where words were said, by candidate, in the order in which they joined. */
const foundRead = (id: string, query: string): Read<Found[]> => ({
  key: ["found", id, query],
  from: async (supabase) => {
    if (!isUuid(id) || !query.trim()) return [];
    const hits = await jsonOf<Hit[]>(supabase.rpc("search_responses", { interview_id: id, query }));
    const ids = [...new Set(hits.map(({ participant_id }) => participant_id))];
    if (ids.length === 0) return [];
    const speakers = await dataOf(
      supabase
        .from("interview_participants")
        .select("id, invite:invite_id(email, candidate_name)")
        .in("id", ids),
    );
    return ids.flatMap((of) => {
      const speaker = speakers.find((one) => one.id === of);
      const theirs = hits.filter(({ participant_id }) => participant_id === of);
      return speaker ? [{ speaker, hits: theirs }] : [];
    });
  },
});

/** All that the page of a search shows to the recruiter who is signed in. */
export const searchReads = (id: string, recruiterId: string, query: string) => ({
  interview: interviewRead(id, recruiterId),
  questions: questionsRead(id),
  found: foundRead(id, query),
});
