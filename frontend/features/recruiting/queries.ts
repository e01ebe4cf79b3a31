import type { Tables } from "@/lib/database.types";
import { dataOf, jsonOf } from "@/lib/errors";
import { type Cursor, cursorIn, type Page, pageOf, textCursorIn } from "@/lib/keyset";
import type { QuestionSettings } from "@/lib/questionSettings";
import type { Read } from "@/lib/read";
import type { Supabase } from "@/lib/supabase/browser";
import { isUuid } from "@/lib/uuid";
import { candidateQueryIn, candidatesRead } from "./candidates/reads";

export type Interview = Tables<"interviews">;
export type Stats = Tables<"interview_stats">;
type Invite = Tables<"interview_invites">;
export type Question = Pick<
  Tables<"interview_questions">,
  "id" | "question" | "order_index" | "updated_at"
> &
  QuestionSettings;
export type Criterion = Pick<
  Tables<"interview_criteria">,
  "id" | "name" | "description" | "levels" | "terms" | "updated_at"
>;
export type Participant = Pick<
  Tables<"interview_participants">,
  "id" | "status" | "joined_at" | "completed_at" | "answered"
> & { invite: Pick<Invite, "email" | "candidate_name"> | null };

/** What became of one address of `create_invites`. */
export interface Outcome {
  email: string;
  outcome: string;
  invite_id: string | null;
  invite_code: string | null;
  /** The candidate's, as it was sent. */
  name?: string;
}

/** Outcomes with the names that were sent: there is one for each address, in the same order. */
export const withNames = (outcomes: Outcome[], names: string[]): Outcome[] =>
  outcomes.map((outcome, at) => ({ ...outcome, name: names[at] ?? "" }));

/** What `create_interview` returns. */
export interface Created {
  interview_id: string;
  invites: Outcome[];
}

/** A parameter of the page's address. */
export type Param = (name: string) => string | null | undefined;

// ---- the list of interviews ----

const INTERVIEW_PAGE = 50;

export const INTERVIEW_FILTERS = [
  "all",
  "attention",
  "active",
  "inactive",
  "completed",
  "archived",
] as const;
export type InterviewFilter = (typeof INTERVIEW_FILTERS)[number];
export const INTERVIEW_ORDERS = ["created", "title", "deadline"] as const;
type InterviewOrder = (typeof INTERVIEW_ORDERS)[number];

/** Which of their interviews a recruiter looks at. */
export interface InterviewQuery {
  filter: InterviewFilter;
  search: string;
  order: InterviewOrder;
  cursor: Cursor | null;
}

/** What the address of the list says. */
export function interviewQueryIn(param: Param): InterviewQuery {
  const order = INTERVIEW_ORDERS.find((name) => name === param("sort")) ?? "created";
  const [after, before] = [param("after"), param("before")];
  const text = order === "created" ? null : textCursorIn(after, before);
  // Titles are texts, and no deadline is an empty one; all else is a time.
  const isText = text && (order === "title" || text.time === "");
  return {
    filter: INTERVIEW_FILTERS.find((name) => name === param("show")) ?? "all",
    search: param("q") ?? "",
    order,
    cursor: isText ? text : order === "title" ? null : cursorIn(after, before),
  };
}

const CURSOR_NAMES = {
  created: "cursor_created_at",
  title: "cursor_title",
  deadline: "cursor_deadline",
} as const;

/** A page of the signed-in recruiter's own interviews with their counts. */
function interviewsRead({ filter, search, order, cursor }: InterviewQuery): Read<Page<Stats>> {
  return {
    key: ["interviews", filter, search, order, cursor],
    from: async (supabase) => {
      const backwards = cursor?.is === "before";
      const rows = await dataOf(
        supabase.rpc("list_interviews", {
          page_size: INTERVIEW_PAGE + 1,
          sort: order,
          ...(search && { search }),
          ...(filter === "archived" && { archived: true }),
          ...(filter === "attention" && { attention: true }),
          ...(["active", "inactive", "completed"].includes(filter) && { status: filter }),
          ...(cursor && { cursor_id: cursor.id, backwards }),
          ...(cursor?.time && { [CURSOR_NAMES[order]]: cursor.time }),
        }),
      );
      const keys = { created: "created_at", title: "title", deadline: "deadline" } as const;
      const textOf = (row: Stats) => ({ time: row[keys[order]] ?? "", id: row.interview_id });
      // They come in the list's order, also those before a row.
      return pageOf(backwards ? rows.reverse() : rows, textOf, cursor, INTERVIEW_PAGE);
    },
  };
}

export type InterviewCounts = Record<InterviewFilter, number>;

/** How many interviews each filter has. */
const interviewCountsRead = (search: string): Read<InterviewCounts> => ({
  key: ["interview-counts", search],
  from: (supabase) =>
    jsonOf<InterviewCounts>(supabase.rpc("count_interviews", search ? { search } : {})),
});

/** Puts an interview into the archive, or takes it out; returns it as it is then. */
export const archived = (supabase: Supabase, id: string, is: boolean): Promise<Interview> =>
  dataOf(
    supabase
      .from("interviews")
      .update({ archived_at: is ? new Date().toISOString() : null })
      .eq("id", id)
      .select()
      .single(),
  );

/** Whether emails leave at the moment: "sending", "paused" or "stopped". */
const deliveryRead: Read<string> = {
  key: ["delivery"],
  from: (supabase) => dataOf(supabase.rpc("delivery_state")),
};

/** The slug of what keeps the account from creating interviews; null when nothing does. */
const barrierRead: Read<string | null> = {
  key: ["barrier"],
  from: async (supabase) => {
    if (await dataOf(supabase.rpc("may_recruit"))) return null;
    const { user } = await dataOf(supabase.auth.getUser());
    if (!user.email_confirmed_at) return "email_not_confirmed";
    return user.is_sso_user ? "sso_address_not_trusted" : "recruiter_role_required";
  },
};

/** All that the page with the list shows. */
export const listReads = (param: Param) => ({
  interviews: interviewsRead(interviewQueryIn(param)),
  counts: interviewCountsRead(param("q") ?? ""),
  delivery: deliveryRead,
  barrier: barrierRead,
});

// ---- one interview ----

export interface Overview {
  interview: Interview;
  stats: Stats;
}

/** The counts of one of the recruiter's own interviews. */
export const statsOf = (supabase: Supabase, id: string): Promise<Stats | null> =>
  dataOf(supabase.from("interview_stats").select("*").eq("interview_id", id).maybeSingle());

export const overviewRead = (id: string): Read<Overview | null> => ({
  key: ["overview", id],
  from: async (supabase) => {
    if (!isUuid(id)) return null;
    const [interview, stats] = await Promise.all([
      dataOf(supabase.from("interviews").select("*").eq("id", id).maybeSingle()),
      // Has one's own interviews alone; the other table, also those that one takes part in.
      statsOf(supabase, id),
    ]);
    return interview && stats && { interview, stats };
  },
});

/** One of the recruiter's own interviews, for what leads back to it. */
export const titleRead = (
  id: string,
  recruiterId: string,
): Read<Pick<Interview, "id" | "title"> | null> => ({
  key: ["title", id],
  from: async (supabase) => {
    if (!isUuid(id) || !recruiterId) return null;
    return dataOf(
      supabase
        .from("interviews")
        .select("id, title")
        .eq("id", id)
        // The policy lets through the interviews that one has joined, too.
        .eq("recruiter_id", recruiterId)
        .maybeSingle(),
    );
  },
});

// PostgREST gives no more rows than that at once.
const CHUNK = 1000;

/** All rows of a query, however many they are: `read` has those from one place to another. */
export async function allRows<Row>(
  read: (from: number, to: number) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const more = await read(rows.length, rows.length + CHUNK - 1);
    rows.push(...more);
    if (more.length < CHUNK) return rows;
  }
}

export const QUESTION =
  "id, question, order_index, updated_at, max_seconds, max_takes, preparation_seconds, required";

export const questionsRead = (id: string): Read<Question[]> => ({
  key: ["questions", id],
  from: async (supabase) => {
    if (!isUuid(id)) return [];
    return allRows((from, to) =>
      dataOf(
        supabase
          .from("interview_questions")
          .select(QUESTION)
          .eq("interview_id", id)
          .order("order_index")
          .range(from, to),
      ),
    );
  },
});

export const CRITERION = "id, name, description, levels, terms, updated_at";

/** What answers are judged by; an interview has few. */
export const criteriaRead = (id: string): Read<Criterion[]> => ({
  key: ["criteria", id],
  from: async (supabase) => {
    if (!isUuid(id)) return [];
    return dataOf(
      supabase
        .from("interview_criteria")
        .select(CRITERION)
        .eq("interview_id", id)
        .order("created_at")
        .order("id"),
    );
  },
});

export type Reviewer = Pick<
  Tables<"interview_reviewers">,
  "id" | "email" | "reviewer_name" | "invited_at" | "joined_at"
>;

/** Who reviews the candidates beside the recruiter; an interview has few. */
const reviewersRead = (id: string): Read<Reviewer[]> => ({
  key: ["reviewers", id],
  from: async (supabase) => {
    if (!isUuid(id)) return [];
    return dataOf(
      supabase
        .from("interview_reviewers")
        .select("id, email, reviewer_name, invited_at, joined_at")
        .eq("interview_id", id)
        .order("email"),
    );
  },
});

/** All that an interview's page shows to the recruiter who is signed in. */
export const interviewReads = (id: string, param: Param) => ({
  overview: overviewRead(id),
  delivery: deliveryRead,
  questions: questionsRead(id),
  criteria: criteriaRead(id),
  reviewers: reviewersRead(id),
  candidates: candidatesRead(id, candidateQueryIn(param)),
});

// ---- states; the database decides, these only show it ----

/** Whether candidates may join. */
export const isOpen = ({ status, deadline }: Pick<Stats, "status" | "deadline">): boolean =>
  status === "active" && (deadline === null || new Date(deadline) > new Date());
