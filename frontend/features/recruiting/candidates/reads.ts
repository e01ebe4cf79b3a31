import type { Database, Tables } from "@/lib/database.types";
import { dataOf } from "@/lib/errors";
import { type Cursor, cursorIn, type Page, pageOf, textCursorIn } from "@/lib/keyset";
import type { Read } from "@/lib/read";
import { isUuid } from "@/lib/uuid";
import type { Param } from "../queries";

type View = Tables<"interview_candidates">;
// Generated types know nothing of the columns of views; these are never null.
type Known =
  | ("id" | "interview_id" | "state" | "invited_at" | "answered" | "questions")
  | ("reviews" | "last_event" | "last_event_at" | "list_name");

/** One person in one interview: the newest invite of an address, with its participation. */
export type Person = Omit<View, Known> & { [Column in Known]: NonNullable<View[Column]> };

/** In the order in which they are offered. */
export const STATES = [
  "asks_for_code",
  "not_delivered",
  "invited",
  "joined",
  "completed",
  "reviewed",
  "advance",
  "hold",
  "decline",
  "withdrawn",
  "expired",
  "revoked",
] as const;
export type State = (typeof STATES)[number];

/** What a list can be sorted by: its column, and whether the last come first. */
export const SORTS = {
  activity: { column: "last_event_at", descending: true },
  invited: { column: "invited_at", descending: true },
  name: { column: "list_name", descending: false },
} as const;
export type Sort = keyof typeof SORTS;

export interface CandidateQuery {
  /** Null for all. */
  state: State | null;
  search: string;
  sort: Sort;
  cursor: Cursor | null;
}

/** What says which people are meant, in whatever order. */
export type Matching = Pick<CandidateQuery, "state" | "search">;

/** What the address of the page asks for. */
export function candidateQueryIn(param: Param): CandidateQuery {
  const sort = Object.hasOwn(SORTS, param("sort") ?? "") ? (param("sort") as Sort) : "activity";
  const toCursor = sort === "name" ? textCursorIn : cursorIn;
  return {
    state: STATES.find((state) => state === param("show")) ?? null,
    search: param("q") ?? "",
    sort,
    cursor: toCursor(param("after"), param("before")),
  };
}

/** What both the list and the ids of all that match are asked for with. */
export const matching = (id: string, { state, search }: Matching) => ({
  interview_id: id,
  ...(state && { states: [state] }),
  ...(search && { search }),
});

/** The same with the order, for `list_candidates`. */
export const filtersOf = (id: string, query: CandidateQuery) => ({
  ...matching(id, query),
  sort: query.sort,
  descending: SORTS[query.sort].descending,
});

export interface CandidatePage extends Page<Person> {
  /** How many match the search, by state; those without any are left out. */
  counts: Partial<Record<State, number>>;
}

const PAGE = 20;

/** A page of an interview's candidates, and how many there are in each state. */
export function candidatesRead(id: string, query: CandidateQuery): Read<CandidatePage> {
  const { state, search, sort, cursor } = query;
  return {
    key: ["candidates", id, state, search, sort, cursor],
    from: async (supabase) => {
      if (!isUuid(id)) return { rows: [], next: null, previous: null, counts: {} };
      const backwards = cursor?.is === "before";
      const list = supabase.rpc("list_candidates", {
        ...filtersOf(id, query),
        page_size: PAGE + 1,
        ...(cursor && { cursor_value: cursor.time, cursor_id: cursor.id, backwards }),
      });
      const [listed, counts] = await Promise.all([
        dataOf(list),
        dataOf(supabase.rpc("count_candidates", { interview_id: id, ...(search && { search }) })),
      ]);
      const rows = listed as Person[];
      const textOf = (row: Person) => ({ time: row[SORTS[sort].column], id: row.id });
      return {
        // They come in the order in which they are shown, also those before a row.
        ...pageOf(backwards ? rows.reverse() : rows, textOf, cursor, PAGE),
        counts: Object.fromEntries(counts.map((row) => [row.state, row.candidates])),
      };
    },
  };
}

/** How many of the list match its state. */
export const totalOf = ({ counts }: CandidatePage, state: State | null): number =>
  state ? (counts[state] ?? 0) : Object.values(counts).reduce((sum, of) => sum + of, 0);

/** One person, by any of their invites or as a participant; null where there is none. */
export const personRead = (interviewId: string, id: string): Read<Person | null> => ({
  key: ["person", interviewId, id],
  from: async (supabase) => {
    if (!isUuid(interviewId) || !isUuid(id)) return null;
    const person = await dataOf(supabase.rpc("get_candidate", { candidate_id: id }).maybeSingle());
    return person?.interview_id === interviewId ? (person as Person) : null;
  },
});

export type Happening = Omit<Timeline, "person" | "detail"> & {
  person: string | null;
  detail: string | null;
};
type Timeline = Database["public"]["Functions"]["candidate_timeline"]["Returns"][number];

/** What happened to somebody in an interview, the first first. */
export const timelineRead = (interviewId: string, id: string): Read<Happening[]> => ({
  key: ["timeline", interviewId, id],
  from: async (supabase) => {
    if (!isUuid(interviewId) || !isUuid(id)) return [];
    return dataOf(supabase.rpc("candidate_timeline", { candidate_id: id }));
  },
});

/** Where a person's page is. */
export const pageOfPerson = ({ interview_id, participant_id, id }: Person): string =>
  `/recruiters/${interview_id}/candidates/${participant_id ?? id}`;

/** Whether their code works. */
export const isWaiting = ({ invite_status, expires_at }: Person): boolean =>
  invite_status === "pending" && new Date(expires_at ?? 0) > new Date();

/** Whether their code was never used, and can be no more. */
export const isOver = (person: Person): boolean =>
  person.invite_status === "expired" || (person.invite_status === "pending" && !isWaiting(person));
