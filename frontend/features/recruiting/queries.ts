import type { PostgrestError } from "@supabase/supabase-js";
import useSWR from "swr";
import { useSignedIn } from "@/features/account/Providers";
import type { Tables } from "@/lib/database.types";
import { dataOf, refuse } from "@/lib/errors";
import type { Supabase } from "@/lib/supabase/browser";

export type Interview = Tables<"interviews">;
export type Stats = Tables<"interview_stats">;
export type Invite = Tables<"interview_invites">;
export type Question = Pick<Tables<"interview_questions">, "id" | "question" | "order_index">;
export type Participant = Pick<
  Tables<"interview_participants">,
  "id" | "status" | "joined_at" | "completed_at"
> & { invite: Pick<Invite, "email"> | null };

/** What became of one address of `create_invites`. */
export interface Outcome {
  email: string;
  outcome: string;
  invite_id: string | null;
  invite_code: string | null;
}

/** What `create_interview` returns. */
export interface Created {
  interview_id: string;
  invites: Outcome[];
}

// PostgREST gives no more rows than that at once.
const CHUNK = 1000;

type Rows<Row> = PromiseLike<
  | { data: Row[]; error: null; status: number }
  | { data: null; error: PostgrestError; status: number }
>;

/** Up to `most` rows, read in as many calls as it takes. */
async function readRows<Row>(
  most: number,
  range: (from: number, to: number) => Rows<Row>,
): Promise<Row[]> {
  const rows: Row[] = [];
  while (rows.length < most) {
    const wanted = Math.min(CHUNK, most - rows.length);
    const more = await dataOf(range(rows.length, rows.length + wanted - 1));
    rows.push(...more);
    if (more.length < wanted) break;
  }
  return rows;
}

/** Rows, and how many there are in all. */
async function counted<Row>(
  rows: Rows<Row>,
  total: PromiseLike<{ error: PostgrestError | null; status: number; count: number | null }>,
) {
  const [data, { error, status, count }] = await Promise.all([dataOf(rows), total]);
  await dataOf(Promise.resolve({ data: null, error, status }));
  return { rows: data, total: count ?? 0 };
}

// ---- the list ----

/** The signed-in recruiter's own interviews with their counts, the latest `shown` of them. */
export function useInterviews(shown: number) {
  const { supabase, account } = useSignedIn();
  return useSWR(["interviews", account.id, shown], async () => {
    // One more tells whether there are more.
    const stats = await readRows(shown + 1, (from, to) =>
      supabase
        .from("interview_stats")
        .select("*")
        .order("created_at", { ascending: false })
        .order("interview_id")
        .range(from, to),
    );
    // One that moved to the next page while they were read.
    const rows = [...new Map(stats.map((row) => [row.interview_id, row])).values()];
    return { rows: rows.slice(0, shown), more: rows.length > shown };
  });
}

/** Whether mails leave at the moment. */
export function useDeliveryState() {
  const { supabase, account } = useSignedIn();
  return useSWR(["delivery", account.id], () => dataOf(supabase.rpc("delivery_state")), {
    refreshInterval: 30_000,
  });
}

/** Refuses, as creating an interview would, an account that may not recruit. */
export async function checkRecruiter(supabase: Supabase): Promise<void> {
  if (await dataOf(supabase.rpc("may_recruit"))) return;
  const { data } = await supabase.auth.getUser();
  const confirmed = !data.user || data.user.email_confirmed_at;
  refuse(confirmed ? "recruiter_role_required" : "email_not_confirmed");
}

// ---- one interview ----

export interface Details {
  interview: Interview;
  stats: Stats;
  questions: Question[];
}

/** An own interview with its counts and questions; null where there is none. */
export function useOwnInterview(id: string) {
  const { supabase, account } = useSignedIn();
  return useSWR(["interview", account.id, id], async (): Promise<Details | null> => {
    if (!isUuid(id)) return null;
    const [interview, stats, questions] = await Promise.all([
      dataOf(
        supabase
          .from("interviews")
          .select("*")
          .eq("id", id)
          .eq("recruiter_id", account.id)
          .maybeSingle(),
      ),
      dataOf(supabase.from("interview_stats").select("*").eq("interview_id", id).maybeSingle()),
      readRows(Number.POSITIVE_INFINITY, (from, to) =>
        supabase
          .from("interview_questions")
          .select("id, question, order_index")
          .eq("interview_id", id)
          .order("order_index")
          .range(from, to),
      ),
    ]);
    return interview && stats && { interview, stats, questions };
  });
}

const isUuid = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);

/** Whether candidates may come in; the database decides, this only shows it. */
export const isOpen = ({ status, deadline }: Pick<Stats, "status" | "deadline">): boolean =>
  status === "active" && (deadline === null || new Date(deadline) > new Date());

export const isExpired = ({ status, expires_at }: Invite): boolean =>
  status === "expired" || (status === "pending" && new Date(expires_at) <= new Date());

export const isPending = (invite: Invite): boolean =>
  invite.status === "pending" && !isExpired(invite);

export const INVITE_PAGE = 20;

export interface InviteQuery {
  filter: "all" | "pending" | "failed" | "joined" | "expired";
  search: string;
  /** From 0. */
  page: number;
}

/** A page of an interview's invites, the latest first. Looks again while mails are under way. */
export function useInvites(interviewId: string, { filter, search, page }: InviteQuery) {
  const { supabase } = useSignedIn();
  return useSWR(
    ["invites", interviewId, filter, search, page],
    () => {
      // The count by itself: with it, a page beyond the last is refused rather than empty.
      const chosen = (count?: "exact") => {
        const now = new Date().toISOString();
        let query = supabase
          .from("interview_invites")
          .select("*", count && { count })
          .eq("interview_id", interviewId);
        if (search) query = query.ilike("email", `%${search.replace(/[\\%_]/g, "\\$&")}%`);
        if (filter === "pending") query = query.eq("status", "pending").gt("expires_at", now);
        if (filter === "joined") query = query.in("status", ["accepted", "completed"]);
        if (filter === "failed") {
          query = query.eq("delivery_status", "failed").in("status", ["pending", "expired"]);
        }
        if (filter === "expired") {
          query = query.or(`status.eq.expired,and(status.eq.pending,expires_at.lte.${now})`);
        }
        return query;
      };
      const from = page * INVITE_PAGE;
      return counted(
        chosen()
          .order("created_at", { ascending: false })
          .order("email")
          .order("id")
          .range(from, from + INVITE_PAGE - 1),
        chosen("exact").range(0, 0),
      );
    },
    {
      refreshInterval: (data) =>
        data?.rows.some(({ delivery_status }) => delivery_status === "queued") ? 4000 : 0,
    },
  );
}

export const PARTICIPANT_PAGE = 20;

/** A page of an interview's participants, who came last first. */
export function useParticipants(interviewId: string, page: number) {
  const { supabase } = useSignedIn();
  return useSWR(["participants", interviewId, page], () => {
    const chosen = (count?: "exact") =>
      supabase
        .from("interview_participants")
        .select("id, status, joined_at, completed_at, invite:invite_id(email)", count && { count })
        .eq("interview_id", interviewId);
    const from = page * PARTICIPANT_PAGE;
    return counted(
      chosen()
        .order("joined_at", { ascending: false })
        .order("id")
        .range(from, from + PARTICIPANT_PAGE - 1),
      chosen("exact").range(0, 0),
    );
  });
}

/** The expired invites whose candidates ask for a new code and have not got one yet. */
export function useRenewals(interviewId: string) {
  const { supabase } = useSignedIn();
  return useSWR(["renewals", interviewId], () =>
    readRows(CHUNK, (from, to) =>
      supabase
        .from("interview_invites")
        .select("*")
        .eq("interview_id", interviewId)
        .not("renewal_requested_at", "is", null)
        .order("renewal_requested_at")
        .range(from, to),
    ),
  );
}
