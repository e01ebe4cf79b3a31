import { dataOf, jsonOf, refuse } from "@/lib/errors";
import { periodIn, todayIn } from "@/lib/period";
import type { Read } from "@/lib/read";
import { isUuid } from "@/lib/uuid";
import type { Interview, Param } from "../queries";

/** The median of those who have got there, and how many these are. */
export interface Median {
  median_seconds: number | null;
  n: number;
}

/** Counts of people; see docs/frontend.md for what each means. */
export interface Figures {
  invited: number;
  delivered: number;
  joined: number;
  answered: number;
  completed: number;
  withdrawn: number;
  reviewed: number;
  decided: number;
  time_to_join: Median;
  time_to_complete: Median;
}

export type InterviewFigures = Figures & { interview_id: string; title: string };

/** What `analytics` answers. */
export interface Analytics {
  total: Figures;
  interviews: InterviewFigures[];
  interview_count: number;
  step: "day" | "week" | "month";
  completions: { from: string; completed: number }[];
}

/** The interview and the period of the address. */
export const askedIn = (param: Param, timeZone: string) => ({
  interviewId: param("interview") || null,
  period: periodIn(param, todayIn(timeZone)),
});

const analyticsRead = (param: Param, timeZone: string): Read<Analytics> => {
  const { interviewId, period } = askedIn(param, timeZone);
  const { since, until } = period;
  return {
    key: ["analytics", interviewId, since, until, timeZone],
    from: async (supabase) => {
      if (interviewId && !isUuid(interviewId)) refuse("interview_not_found");
      return jsonOf<Analytics>(
        supabase.rpc("analytics", {
          ...(interviewId && { interview_id: interviewId }),
          ...(since && { since }),
          ...(until && { until }),
          time_zone: timeZone,
        }),
      );
    },
  };
};

type Title = Pick<Interview, "id" | "title">;

/** Of so many interviews one can be chosen from a list. */
export const MOST_TITLES = 200;

/** The latest interviews to choose from, and the one that is chosen. */
const titlesRead = (recruiterId: string, interviewId: string | null): Read<Title[]> => ({
  key: ["titles", recruiterId, interviewId],
  from: async (supabase) => {
    if (!recruiterId) return [];
    const own = supabase.from("interviews").select("id, title").eq("recruiter_id", recruiterId);
    const chosen = isUuid(interviewId ?? "") && interviewId;
    const [latest, found] = await Promise.all([
      dataOf(own.order("created_at", { ascending: false }).limit(MOST_TITLES)),
      chosen
        ? dataOf(
            supabase
              .from("interviews")
              .select("id, title")
              .eq("recruiter_id", recruiterId)
              .eq("id", chosen),
          )
        : [],
    ]);
    return [...found.filter(({ id }) => latest.every((one) => one.id !== id)), ...latest];
  },
});

/** All that the page shows to the recruiter who is signed in. */
export const analyticsReads = (recruiterId: string, param: Param, timeZone: string) => ({
  analytics: analyticsRead(param, timeZone),
  titles: titlesRead(recruiterId, askedIn(param, timeZone).interviewId),
});
