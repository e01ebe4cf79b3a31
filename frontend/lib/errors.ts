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
  account_in_use: {
    message: "Another program needs this account, so nothing was deleted.",
    hint: "Ask those who run this site to delete it.",
  },
  address_differs: {
    message: "This isn’t the address of your account.",
    hint: "Type it as it’s shown.",
  },
  already_invited: {
    message: "This address already has an open invitation to this interview.",
    hint: "Send it again instead.",
  },
  already_submitted: {
    message: "You’ve submitted this interview. Answers can’t change any more.",
    hint: "You can still delete them.",
  },
  already_withdrawn: {
    message: "This candidate has withdrawn.",
    hint: "If they come back, invite them again.",
  },
  analysis_in_progress: {
    message: "This recording is being written down already.",
    hint: "Wait until that is done.",
  },
  analysis_off: {
    message: "Analysis is turned off for this interview.",
    hint: "Turn it on in the interview’s settings.",
  },
  answer_too_long: {
    message: "This answer is too long.",
    hint: "Shorten it to 20,000 characters.",
  },
  code_not_allowed: { message: "Codes are generated; you can’t choose one." },
  codes_exhausted: {
    message: "There are no free codes at the moment.",
    hint: "Revoke invitations you no longer need, or try again tomorrow.",
  },
  codes_sent_recently: {
    message: "Your codes were sent recently.",
    hint: "Check your inbox and spam folder. You can request them again after 15 minutes.",
  },
  consent_notice_not_found: {
    message: "The text that you agreed to has changed.",
    hint: "Reload the page, and read it again.",
  },
  consent_required: {
    message: "Recording needs your consent first.",
    hint: "Read what is recorded and agree to it, or ask the recruiter for another way to answer.",
  },
  criterion_in_use: {
    message: "A submitted review rates by this criterion. It can’t be renamed or removed.",
    hint: "Its levels stay, too. Change what good looks like, or add another criterion.",
  },
  criterion_not_found: {
    message: "This criterion doesn’t exist any more.",
    hint: "Someone removed it in the meantime.",
  },
  description_too_long: {
    message: "The description is too long.",
    hint: "Shorten it to 100,000 characters.",
  },
  email_not_confirmed: {
    message: "Your email address is not confirmed yet.",
    hint: "Open the link in the confirmation email, then try again.",
  },
  empty_question: { message: "One of the questions is empty.", hint: "Write it, or remove it." },
  interview_closed: { message: "This interview is closed." },
  interview_moved: {
    message: "This interview now belongs to another recruiter.",
    hint: "Reload your list of interviews.",
  },
  interview_not_found: {
    message: "This interview doesn’t exist, or it isn’t yours.",
    hint: "Choose one from your list.",
  },
  invalid_accommodation: {
    message: "These values aren’t possible.",
    hint: "Give at most 10 extra takes, and at most twice the time.",
  },
  invalid_action: { message: "This can’t be done to candidates.", hint: "Reload the page." },
  invalid_analysis: { message: "Choose whether recordings are transcribed.", hint: "" },
  invalid_code: {
    message: "An interview code has six digits.",
    hint: "Enter the six digits from your invitation email.",
  },
  invalid_criteria: {
    message: "The criteria are not valid.",
    hint: "Each needs a name and four levels.",
  },
  invalid_deadline: {
    message: "The deadline must lie between the years 2000 and 9998.",
    hint: "Choose another one, or leave it empty.",
  },
  invalid_decision: {
    message: "This decision isn’t possible.",
    hint: "Advance, hold or decline the candidate, or take the decision back.",
  },
  invalid_email: {
    message: "This email address isn’t valid.",
    hint: "Check its spelling. Before the @, only letters from a to z, digits and signs are allowed.",
  },
  invalid_expiry: {
    message: "Choose a time within the next year.",
    hint: "Invitations can’t be valid for longer.",
  },
  invalid_language: { message: "Choose a language.", hint: "" },
  invalid_list: {
    message: "This list doesn’t exist.",
    hint: "Remove the filters, or reload the page.",
  },
  invalid_notification: {
    message: "Choose when to be told: each time, daily or never.",
    hint: "",
  },
  invalid_question_settings: {
    message: "The settings of a question aren’t valid.",
    hint: "Allow 10 to 600 seconds and 1 to 10 takes.",
  },
  // The database says what: the list as a whole, or a note without a level.
  invalid_ratings: { message: "" },
  invalid_response_kinds: {
    message: "Choose how candidates can answer.",
    hint: "Allow at least one of video, audio and text.",
  },
  invalid_sort: { message: "This list can’t be sorted like that.", hint: "Choose another order." },
  invalid_template: {
    message: "A template needs a name of 1 to 100 characters.",
    hint: "Its description can have up to 2,000.",
  },
  invalid_time_zone: {
    message: "Your browser’s time zone isn’t known here.",
    hint: "Choose another one in the settings of your device.",
  },
  invalid_title: {
    message: "Enter a title of 1 to 255 characters.",
    hint: "",
  },
  // The database says which: it has expired, was revoked, or its account is gone.
  invite_expired: { message: "" },
  invite_not_found: {
    message: "This code doesn’t match your email address.",
    hint: "Check the digits. If the invitation was sent to another address of yours, switch to that account.",
  },
  invite_not_pending: {
    message: "This invitation is no longer open: its code was used, or it has expired.",
    hint: "Invite the right address instead.",
  },
  invite_used: {
    message: "This code was used by another account with your address.",
    hint: "Sign in with that account, or ask the recruiter for a new invitation.",
  },
  invites_per_day_reached: { message: "You’ve reached today’s limit of invitations." },
  is_candidate: {
    message: "This address belongs to a candidate of this interview.",
    hint: "Ask somebody else to review.",
  },
  is_reviewer: {
    message: "Reviewers of an interview can’t take part in it.",
    hint: "The recruiter can remove somebody from the reviewers first.",
  },
  kind_not_allowed: {
    message: "This interview doesn’t take this kind of answer.",
  },
  no_analysis_consent: {
    message: "This candidate doesn’t agree to transcripts.",
    hint: "Watch the recording instead.",
  },
  no_candidates: { message: "Choose at least one candidate.", hint: "" },
  no_emails: { message: "Add at least one email address.", hint: "" },
  no_takes_left: {
    message: "You’ve used all takes of this question.",
    hint: "Your last recording counts. If something went wrong, ask the recruiter for another take.",
  },
  not_completed: {
    message: "This candidate hasn’t completed the interview yet.",
    hint: "Review them once they have submitted their answers.",
  },
  not_signed_in: {
    message: "You are no longer signed in.",
    hint: "Sign in again. Your entries are saved.",
  },
  // The database says at which length.
  note_too_long: { message: "" },
  participant_not_found: {
    message: "This candidate doesn’t exist, or isn’t yours.",
    hint: "Choose one from the interview’s list.",
  },
  participation_not_found: {
    message: "You haven’t joined this interview.",
    hint: "Add it with the code from your invitation first.",
  },
  privacy_notice_too_long: {
    message: "The privacy notice is too long.",
    hint: "Shorten it to 5,000 characters.",
  },
  question_answered: {
    message: "Someone has begun to answer this question, so it can’t be deleted.",
    hint: "Change its wording, or make it optional.",
  },
  question_ids_mismatch: {
    message: "Someone changed the questions in the meantime.",
    hint: "Reload the page, then change the order.",
  },
  question_not_found: {
    message: "This question doesn’t exist any more.",
    hint: "Reload the page.",
  },
  question_too_long: {
    message: "One of the questions is too long.",
    hint: "Shorten it to 100,000 characters, or split it up.",
  },
  // The database says how many levels, or that a note is missing.
  ratings_missing: { message: "" },
  recruiter_role_required: {
    message: "This account can’t create interviews or invite candidates.",
    hint: "Ask an administrator to give your account the role “recruiter”.",
  },
  response_exists: {
    message: "You’ve recorded an answer to this question.",
    hint: "Keep it, or confirm that your text replaces it.",
  },
  response_not_awaited: {
    message: "This recording can’t be uploaded any more.",
    hint: "Record the answer again.",
  },
  response_not_found: {
    message: "This recording doesn’t exist any more.",
    hint: "Reload the page.",
  },
  responses_missing: { message: "Some questions still need an answer." },
  row_conflict: {
    message: "Someone changed this in the meantime.",
    hint: "Reload the page, then try again.",
  },
  sso_address_not_trusted: {
    message: "Your single sign-on doesn’t prove that this email address is yours.",
    hint: "Sign out and sign up with this address and a password, or ask an administrator to trust your organization for it.",
  },
  status_move_not_allowed: {
    message: "This can’t be changed any more.",
    hint: "Once completed or withdrawn, you can only come back with a new invitation.",
  },
  status_not_allowed: { message: "This status can’t be set." },
  storage_limit: { message: "No more recordings can be uploaded at the moment." },
  storage_unavailable: {
    message: "Recordings can’t be stored at the moment.",
    hint: "Try again later, or tell the recruiter.",
  },
  // The database says what: a title, or the name that signs.
  text_not_allowed: { message: "" },
  too_many_attempts: { message: "Too many wrong codes." },
  too_many_candidates: {
    message: "You can change at most 1,000 candidates at once.",
    hint: "Choose fewer.",
  },
  too_many_criteria: {
    message: "An interview can have at most 20 criteria.",
    hint: "Remove some.",
  },
  too_many_emails: {
    message: "You can invite at most 10,000 addresses at once.",
    hint: "Split the list up.",
  },
  too_many_responses: {
    message: "At most 100 recordings can be opened at once.",
    hint: "Open fewer.",
  },
  too_many_interviews: {
    message: "You have as many interviews as an account can have.",
    hint: "Delete interviews that you no longer need.",
  },
  too_many_questions: {
    message: "An interview can have at most 100 questions, with 1 MB of text together.",
    hint: "Remove or shorten some.",
  },
  too_many_reviewers: {
    message: "An interview can have at most 20 reviewers. Nobody was invited.",
    hint: "Remove some, or invite fewer.",
  },
  too_many_rows: {
    message: "You can insert at most 1,000 invitations at once.",
    hint: "Use create_invites, or several calls.",
  },
  too_many_templates: {
    message: "You can have at most 100 templates.",
    hint: "Delete those that you don’t use.",
  },

  // ---- Auth's ----
  email_address_invalid: {
    message: "This email address isn’t valid.",
    hint: "Check its spelling.",
  },
  email_exists: {
    message: "An account with this address already exists.",
    hint: "Sign in instead.",
  },
  email_provider_disabled: { message: "Sign-up is turned off here.", hint: "" },
  invalid_credentials: {
    message: "Wrong email address or password.",
    hint: "Check both, or reset your password. If you don’t have an account yet, sign up.",
  },
  otp_expired: {
    message: "This link has expired or was already used.",
    hint: "If you have already confirmed your address, sign in. Otherwise request a new email.",
  },
  reauthentication_needed: {
    message: "You signed in too long ago to change your password.",
    hint: "Sign out and in again, then change it.",
  },
  over_email_send_rate_limit: {
    message: "We just sent you an email.",
    hint: "Check your inbox and spam folder. You can request another one after a minute.",
  },
  over_request_rate_limit: {
    message: "Too many attempts.",
    hint: "Wait a few minutes, then try again.",
  },
  same_password: { message: "This is your current password.", hint: "Choose a different one." },
  session_expired: { message: "You are no longer signed in.", hint: "Sign in again." },
  signup_disabled: { message: "Sign-up is turned off here.", hint: "" },
  user_already_exists: {
    message: "An account with this address already exists.",
    hint: "Sign in instead.",
  },
  user_banned: { message: "This account has been locked.", hint: "Contact your administrator." },
  validation_failed: {
    message: "Some of the entries aren’t valid.",
    hint: "Check the address and the password.",
  },
  weak_password: {
    message: "This password is too weak.",
    hint: "Use at least 8 characters with letters and digits, and avoid common passwords.",
  },

  // ---- OWN: what the database, Auth and the network say without a slug of ours ----
  network_down: {
    message: "HireVision can’t be reached.",
    hint: "Check your connection, then try again. Your entries are still here.",
  },
  not_allowed: {
    message: "Your account isn’t allowed to do this.",
    hint: "Use the account that owns the interview.",
  },
  not_found: { message: "This doesn’t exist, or it isn’t yours.", hint: "Go back to your list." },
  recording_gone: {
    message: "This recording doesn’t exist any more.",
    hint: "The candidate has deleted it, or it was kept long enough. Reload the page.",
  },
  recording_unplayable: {
    message: "This recording can’t be played.",
    hint: "Check your connection, then try again. If that doesn’t help, use another browser.",
  },
  recovery_expired: {
    message: "This link has expired or was already used.",
    hint: "If you still need a new password, request another email.",
  },
  row_refused: { message: "One of the values isn’t allowed.", hint: "Check your entries." },
  took_too_long: {
    message: "That took too long and was stopped. Nothing was changed.",
    hint: "Try again with less at once.",
  },
  transcript_gone: {
    message: "This transcript doesn’t exist any more.",
    hint: "It is deleted with the answer, or when you withdraw your consent. Reload the page.",
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
export class Refusal extends Error {
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
    message: sentence?.message || (own ? (known.message ?? "") : ""),
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
