import type { Json } from "./database.types";

/** A refusal, ready for the screen. */
export interface Problem {
  /** Stable, for programs: one of docs/errors.md, one of Auth's error codes, or one of OWN. */
  slug: string;
  /** One sentence: what is the matter. */
  message: string;
  /** The way out; empty where the sentence says it. */
  hint: string;
}

/**
 * A sentence and a way out for each slug. Without a hint here the one that came along is shown,
 * because it knows more: when a limit opens again, for instance.
 */
const SENTENCES: Record<string, { message: string; hint?: string }> = {
  // ---- the database's, all of docs/errors.md that a browser can meet ----
  already_invited: {
    message: "That address already has an open invite to this interview.",
    hint: "Send its mail again instead.",
  },
  code_not_allowed: { message: "Codes are drawn by the database; none can be chosen." },
  codes_exhausted: {
    message: "There is no free code left at the moment.",
    hint: "Revoke invites that nobody needs any more, or try again tomorrow.",
  },
  codes_sent_recently: {
    message: "Your codes were sent a short while ago.",
    hint: "Look into your mailbox, the spam folder too. They can be sent again 15 minutes after the last time.",
  },
  description_too_long: {
    message: "The description is too long.",
    hint: "Shorten it to 100,000 characters.",
  },
  email_not_confirmed: {
    message: "Your email address is not confirmed yet.",
    hint: "Open the link in the confirmation mail, then try again.",
  },
  empty_question: { message: "One of the questions is empty.", hint: "Write it or remove it." },
  interview_closed: { message: "This interview is closed." },
  interview_moved: {
    message: "This interview was handed to another recruiter in the meantime.",
    hint: "Load your list of interviews again.",
  },
  interview_not_found: {
    message: "This interview does not exist, or it is somebody else’s.",
    hint: "Choose one from your list.",
  },
  invalid_code: {
    message: "An interview code has six digits.",
    hint: "Type the six digits from your invitation mail.",
  },
  invalid_deadline: {
    message: "That deadline is no date we can use.",
    hint: "Choose another one, or none.",
  },
  invalid_email: {
    message: "That is no address we can write to.",
    hint: "Check its spelling. Before the @ stand letters from a to z, digits and signs.",
  },
  invalid_title: {
    message: "The title is empty or too long.",
    hint: "Give a title of at most 255 characters.",
  },
  invite_expired: {
    message: "This invite has expired.",
    hint: "Ask for a new code: the recruiter will be told.",
  },
  invite_not_found: {
    message: "This code doesn’t match your email address.",
    hint: "Check the digits. If the invitation went to another address of yours, switch to that account.",
  },
  invite_not_pending: {
    message: "This invite is no longer open: its code was used, or it has expired.",
    hint: "Invite the right address instead.",
  },
  invite_used: {
    message: "Another account with your address has used this code.",
    hint: "Sign in with that account, or ask the recruiter for a new invite.",
  },
  invites_per_day_reached: { message: "You’ve reached today’s limit of invitations." },
  no_emails: { message: "There is no address to invite.", hint: "Add at least one." },
  not_signed_in: {
    message: "You are no longer signed in.",
    hint: "Sign in again; nothing you entered is lost.",
  },
  participation_not_found: {
    message: "You have not joined this interview.",
    hint: "Add it with the code from your invitation first.",
  },
  question_ids_mismatch: {
    message: "The questions have changed in the meantime.",
    hint: "Load them again, then put them in order.",
  },
  question_too_long: {
    message: "One of the questions is too long.",
    hint: "Shorten it to 100,000 characters, or make several of it.",
  },
  recruiter_role_required: {
    message: "This account may not create interviews or invite candidates.",
    hint: "Ask an administrator to give your account the role “recruiter”.",
  },
  status_move_not_allowed: {
    message: "This can no longer be changed.",
    hint: "What has been completed or withdrawn stays so; only a new invite brings you back.",
  },
  status_not_allowed: { message: "That status cannot be set." },
  too_many_attempts: { message: "Too many wrong codes." },
  too_many_emails: {
    message: "At most 10,000 addresses can be invited at once.",
    hint: "Split the list.",
  },
  too_many_rows: {
    message: "At most 1,000 invites can be inserted at once.",
    hint: "Invite them by create_invites, or in several calls.",
  },

  // ---- Auth's ----
  email_address_invalid: {
    message: "That is no address we can write to.",
    hint: "Check its spelling.",
  },
  email_exists: {
    message: "There is already an account with this address.",
    hint: "Sign in instead.",
  },
  email_provider_disabled: { message: "Signing up is switched off here.", hint: "" },
  invalid_credentials: {
    message: "The address or the password is wrong.",
    hint: "Check both, or have a new password set. Without an account yet, sign up first.",
  },
  otp_expired: {
    message: "This link has expired or was used before.",
    hint: "If you have confirmed your address already, just sign in. Otherwise have a new mail sent.",
  },
  reauthentication_needed: {
    message: "You signed in too long ago to change the password.",
    hint: "Sign out and in again, then change it.",
  },
  over_email_send_rate_limit: {
    message: "A mail was sent to you a moment ago.",
    hint: "Look into your mailbox, the spam folder too. A minute after the last one, another can be sent.",
  },
  over_request_rate_limit: {
    message: "Too many tries from here.",
    hint: "Wait a few minutes, then try again.",
  },
  same_password: { message: "That is your present password.", hint: "Choose another one." },
  session_expired: { message: "You are no longer signed in.", hint: "Sign in again." },
  signup_disabled: { message: "Signing up is switched off here.", hint: "" },
  user_already_exists: {
    message: "There is already an account with this address.",
    hint: "Sign in instead.",
  },
  user_banned: { message: "This account has been locked.", hint: "Ask whoever runs this site." },
  validation_failed: {
    message: "Auth did not accept what was entered.",
    hint: "Check the address and the password.",
  },
  weak_password: {
    message: "This password is too weak.",
    hint: "Take at least 8 characters, and none of the passwords that everybody knows.",
  },

  // ---- OWN: what the database, Auth and the network say without a slug of ours ----
  network_down: {
    message: "HireVision cannot be reached.",
    hint: "Check your connection, then try again. What you entered is still here.",
  },
  not_allowed: {
    message: "Your account may not do this.",
    hint: "Use the account that owns the interview.",
  },
  not_found: { message: "This does not exist, or it is not yours.", hint: "Go back to your list." },
  recovery_expired: {
    message: "This link has expired or was used before.",
    hint: "If you still need a new password, have another mail sent.",
  },
  row_conflict: {
    message: "Someone changed this in the meantime.",
    hint: "Load the page again, then repeat it.",
  },
  row_refused: { message: "One of the values is not allowed.", hint: "Check what you entered." },
  took_too_long: {
    message: "That took too long and was stopped; nothing was changed.",
    hint: "Try again, with less at once.",
  },
  unexpected: { message: "Something went wrong on our side.", hint: "Try again in a moment." },
};

/** PostgreSQL's and PostgREST's own codes, which carry no slug. */
const CODES: Record<string, string> = {
  "42501": "not_allowed",
  "22001": "row_refused",
  "22P02": "row_refused",
  "23502": "row_refused",
  "23505": "row_conflict",
  "23514": "row_refused",
  "40P01": "took_too_long",
  "57014": "took_too_long",
  PGRST116: "not_found",
  PGRST301: "not_signed_in",
  PGRST303: "not_signed_in",
  // Auth's, for a session that has ended elsewhere.
  bad_jwt: "not_signed_in",
  no_authorization: "not_signed_in",
  refresh_token_not_found: "not_signed_in",
  session_not_found: "not_signed_in",
};

interface SupabaseError {
  code?: string | undefined;
  message?: string;
  details?: string | null;
  hint?: string | null;
  name?: string;
  status?: number | undefined;
}

/** What `dataOf` throws. */
class Refusal extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** What every call of supabase-js answers, Auth's included. */
interface Answer {
  data: unknown;
  error: SupabaseError | null;
  status?: number;
}

/** The data of a Supabase call; throws, for `problemOf`, when it was refused. */
export async function dataOf<A extends Answer>(
  call: PromiseLike<A>,
): Promise<Extract<A, { error: null }>["data"]> {
  const { data, error, status } = await call;
  // 42501 with 401: there was no valid token, so that the caller was nobody.
  if (error) throw new Refusal(problemOf(status === 401 ? { ...error, status } : error));
  return data;
}

/** The same of a function that returns jsonb, whose shape no generated type knows. */
export async function jsonOf<Shape>(
  call: PromiseLike<{ data: Json; error: null } | { data: null; error: SupabaseError }>,
): Promise<Shape> {
  return (await dataOf(call)) as Shape;
}

/** What a Supabase error, or whatever else was thrown, means to the person at the screen. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Refusal) return error.problem;
  const known: SupabaseError = typeof error === "object" && error !== null ? error : {};
  const slug = slugOf(known);
  const sentence = SENTENCES[slug] ?? SENTENCES.unexpected;
  const own = known.code?.startsWith("PT");
  return {
    slug,
    message: sentence?.message ?? "",
    hint: sentence?.hint ?? (own ? (known.hint ?? "") : ""),
  };
}

/** Throws that refusal, for `problemOf`. */
export function refuse(slug: string): never {
  throw new Refusal(problem(slug));
}

/** A refusal that is found here, before anything is sent. */
export const problem = (slug: string): Problem => problemOf({ code: "PT", details: slug });

function slugOf(error: SupabaseError): string {
  if (isUnreachable(error)) return "network_down";
  if (error.code === "42501" && error.status === 401) return "not_signed_in";
  if (error.name === "AuthSessionMissingError") return "not_signed_in";
  const slug = error.code?.startsWith("PT") ? (error.details ?? "") : (error.code ?? "");
  // `hasOwn`: a slug from outside may be called "constructor".
  if (Object.hasOwn(CODES, slug)) return CODES[slug] ?? "unexpected";
  return Object.hasOwn(SENTENCES, slug) ? slug : "unexpected";
}

/** fetch failed: supabase-js hands it on as a message, Auth as an error of its own. */
function isUnreachable({ name, code, message }: SupabaseError): boolean {
  if (name === "AuthRetryableFetchError") return true;
  return !code && /fetch failed|failed to fetch|networkerror|load failed/i.test(message ?? "");
}
