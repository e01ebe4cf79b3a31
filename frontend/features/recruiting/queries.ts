import type { Tables } from "@/lib/database.types";
import { dataOf, jsonOf } from "@/lib/errors";
import { type Cursor, cursorIn, type Page, pageFrom, pageOf, textCursorIn } from "@/lib/keyset";
import type { QuestionSettings } from "@/lib/questionSettings";
import type { Read } from "@/lib/read";
import { foundIn } from "@/lib/search";
import type { Supabase } from "@/lib/supabase/browser";
import { isUuid } from "@/lib/uuid";

export type Interview = Tables<"interviews">;
export type Stats = Tables<"interview_stats">;
export type Invite = Tables<"interview_invites"> & {
  /** The participant who redeemed it, if they have withdrawn; the invite's status does not tell. */
  withdrawn: { id: string }[];
};
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

export const INVITE_FILTERS = [
  "all",
  "pending",
  "failed",
  "joined",
  "withdrawn",
  "expired",
] as const;
export type InviteFilter = (typeof INVITE_FILTERS)[number];

export interface InviteQuery {
  filter: InviteFilter;
  search: string;
  cursor: Cursor | null;
}

const inviteQueryIn = (param: Param): InviteQuery => ({
  filter: INVITE_FILTERS.find((filter) => filter === param("show")) ?? "all",
  search: param("q") ?? "",
  cursor: cursorIn(param("after"), param("before")),
});

const INVITE_PAGE = 20;

/** An interview's invites as its page shows them. */
export const invitesOf = (supabase: Supabase, id: string) =>
  supabase
    .from("interview_invites")
    .select("*, unsubscribed, withdrawn:interview_participants(id)")
    .eq("withdrawn.status", "withdrawn")
    .eq("interview_id", id);

/** A page of an interview's invites, the latest first. */
const invitesRead = (id: string, { filter, search, cursor }: InviteQuery): Read<Page<Invite>> => ({
  key: ["invites", id, filter, search, cursor],
  from: async (supabase) => {
    if (!isUuid(id)) return { rows: [], next: null, previous: null };
    const now = new Date().toISOString();
    let query = invitesOf(supabase, id);
    if (search) query = query.or(foundIn(["email", "candidate_name"], search));
    if (filter === "pending") query = query.eq("status", "pending").gt("expires_at", now);
    if (filter === "joined") {
      query = query.in("status", ["accepted", "completed"]).filter("withdrawn", "is", null);
    }
    if (filter === "withdrawn") query = query.not("withdrawn", "is", null);
    if (filter === "failed") {
      query = query.eq("delivery_status", "failed").in("status", ["pending", "expired"]);
    }
    if (filter === "expired") {
      query = query.or(`status.eq.expired,and(status.eq.pending,expires_at.lte.${now})`);
    }
    const columns = { time: "created_at", id: "id" };
    const read = await dataOf(pageFrom(query, columns, cursor, INVITE_PAGE));
    const textOf = (row: Invite) => ({ time: row.created_at, id: row.id });
    return pageOf(read, textOf, cursor, INVITE_PAGE);
  },
});

const PARTICIPANT_PAGE = 20;

/** A page of an interview's participants; who joined last comes first. */
const participantsRead = (
  id: string,
  recruiterId: string,
  cursor: Cursor | null,
): Read<Page<Participant>> => ({
  key: ["participants", id, cursor],
  from: async (supabase) => {
    if (!isUuid(id) || !recruiterId) return { rows: [], next: null, previous: null };
    const query = supabase
      .from("interview_participants")
      .select(
        "id, status, joined_at, completed_at, answered, invite:invite_id(email, candidate_name)",
      )
      // For the index: the policy lets through one's own participations, too.
      .eq("recruiter_id", recruiterId)
      .eq("interview_id", id);
    const columns = { time: "joined_at", id: "id" };
    const read = await dataOf(pageFrom(query, columns, cursor, PARTICIPANT_PAGE));
    const textOf = (row: Participant) => ({ time: row.joined_at, id: row.id });
    return pageOf(read, textOf, cursor, PARTICIPANT_PAGE);
  },
});

/** At most so many are read. */
export const MOST_RENEWALS = 1000;

/** The expired invites whose candidates ask for a new code and have not got one yet. */
const renewalsRead = (id: string): Read<Invite[]> => ({
  key: ["renewals", id],
  from: async (supabase) => {
    if (!isUuid(id)) return [];
    return dataOf(
      invitesOf(supabase, id)
        .not("renewal_requested_at", "is", null)
        .order("renewal_requested_at")
        .limit(MOST_RENEWALS),
    );
  },
});

/** All that an interview's page shows to the recruiter who is signed in. */
export const interviewReads = (id: string, recruiterId: string, param: Param) => ({
  overview: overviewRead(id),
  delivery: deliveryRead,
  questions: questionsRead(id),
  criteria: criteriaRead(id),
  reviewers: reviewersRead(id),
  renewals: renewalsRead(id),
  invites: invitesRead(id, inviteQueryIn(param)),
  participants: participantsRead(
    id,
    recruiterId,
    cursorIn(param("joined-after"), param("joined-before")),
  ),
});

// ---- states; the database decides, these only show it ----

/** Whether candidates may join. */
export const isOpen = ({ status, deadline }: Pick<Stats, "status" | "deadline">): boolean =>
  status === "active" && (deadline === null || new Date(deadline) > new Date());

export const isExpired = ({ status, expires_at }: Invite): boolean =>
  status === "expired" || (status === "pending" && new Date(expires_at) <= new Date());

export const isPending = (invite: Invite): boolean =>
  invite.status === "pending" && !isExpired(invite);
