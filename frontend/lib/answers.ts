import type { Kind } from "./recording.ts";

/** A question, as far as answering it goes. */
export interface Asked {
  id: string;
  max_seconds: number;
  max_takes: number;
  required: boolean;
}

/** A take of one's own, as the database has it. */
export interface Take {
  id: string;
  question_id: string;
  kind: string;
  status: string;
  uploaded_at: string | null;
}

/** What one candidate got from the recruiter on top. */
export interface Accommodation {
  extra_takes: number;
  time_factor: number;
}

/** What of a recording is still on this device alone. */
export type Pending = "recorded" | "sending" | "waiting" | "refused";

export type AnswerState = "open" | "answered" | Pending;

/** The take of a question that counts. */
export const currentTake = <T extends Take>(questionId: string, takes: T[]): T | undefined =>
  takes.find(({ question_id, status }) => question_id === questionId && status === "uploaded");

export function answerState(
  questionId: string,
  takes: Take[],
  pending: ReadonlyMap<string, Pending>,
): AnswerState {
  return pending.get(questionId) ?? (currentTake(questionId, takes) ? "answered" : "open");
}

/** How many recordings of a question may still be sent. */
export function takesLeft(asked: Asked, takes: Take[], more: Accommodation | null): number {
  const sent = takes.filter(
    ({ question_id, kind, uploaded_at }) =>
      question_id === asked.id && kind !== "text" && uploaded_at !== null,
  ).length;
  return Math.max(0, asked.max_takes + (more?.extra_takes ?? 0) - sent);
}

/** How long an answer may be. */
export const secondsFor = (asked: Asked, more: Accommodation | null): number =>
  Math.ceil(asked.max_seconds * (more?.time_factor ?? 1));

/** The numbers, from 1, of the required questions without an answer, not even one on its way. */
export const missingNumbers = (
  questions: Asked[],
  takes: Take[],
  pending: ReadonlyMap<string, Pending>,
): number[] =>
  questions.flatMap(({ id, required }, index) =>
    required && answerState(id, takes, pending) === "open" ? [index + 1] : [],
  );

/** "1", "1 and 3", "1, 2 and 5" */
export function listed(numbers: number[]): string {
  if (numbers.length < 2) return numbers.join("");
  return `${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1)}`;
}

/** The index of the next question without an answer after `index`, round the end; null if none. */
export function nextOpen(
  index: number,
  questions: Asked[],
  isOpen: (questionId: string) => boolean,
): number | null {
  for (let step = 1; step <= questions.length; step += 1) {
    const at = (index + step) % questions.length;
    const question = questions[at];
    if (at !== index && question && isOpen(question.id)) return at;
  }
  return null;
}

export type Phase =
  | "open"
  /** The deadline has passed; what was recorded before may be sent and submitted. */
  | "late"
  | "over";

interface Times {
  status: string;
  deadline: string | null;
  /** Whether there is a response, or one was begun. */
  answered: boolean;
  graceHours: number;
  now: number;
}

// As long as the database takes it without responses.
const GRACE_MS = 10 * 60_000;

/** Whether the interview can still be answered or submitted; the database decides. */
export function phaseOf({ status, deadline, answered, graceHours, now }: Times): Phase {
  if (status === "completed") return "over";
  if (deadline === null || now < new Date(deadline).getTime()) return "open";
  return now < submitUntil(deadline, answered, graceHours) ? "late" : "over";
}

/** Until when what was begun before a deadline may be submitted, in milliseconds. */
export const submitUntil = (deadline: string, answered: boolean, graceHours: number): number =>
  new Date(deadline).getTime() + (answered ? graceHours * 3_600_000 : GRACE_MS);

/** When responses that were submitted then are deleted. */
export const deletedOn = (submittedAt: string, keptForDays: number): string =>
  new Date(new Date(submittedAt).getTime() + keptForDays * 86_400_000).toISOString();

/** The kinds that an interview takes, as we know them, the richest first. */
export const kindsOf = (responseKinds: string[]): Kind[] =>
  (["video", "audio", "text"] as const).filter((kind) => responseKinds.includes(kind));
