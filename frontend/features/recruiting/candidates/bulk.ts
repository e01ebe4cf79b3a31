import { useSignedIn } from "@/features/account/Providers";
import { jsonOf } from "@/lib/errors";
import { plural } from "@/lib/format";
import type { Tone } from "@/ui/Badge";
import type { OutcomeWords } from "../OutcomeList";

export const ACTIONS = ["resend", "remind", "extend", "revoke", "delete"] as const;
export type Action = (typeof ACTIONS)[number];

/** What `change_candidates` says of one person. */
export interface Change {
  candidate_id: string;
  email: string | null;
  candidate_name: string | null;
  outcome: string;
  invite_id: string | null;
  invite_code: string | null;
}

/** At most so many are changed at once. */
export const MOST = 1000;

const people = (number: number): string => plural(number, "person", "people");

interface ActionWords {
  name: string;
  title: (number: number) => string;
  /** What the button says that does it. */
  button: (number: number) => string;
  hint: string;
  danger?: boolean;
}

export const ACTION_WORDS: Record<Action, ActionWords> = {
  resend: {
    name: "Send again",
    title: (number) => `Send the invitation again to ${people(number)}?`,
    button: (number) => `Send ${plural(number, "invitation")}`,
    hint: "The same code, valid for at least another 30 days. A code that has expired or was revoked is replaced by a new one.",
  },
  remind: {
    name: "Remind now",
    title: (number) => `Remind ${people(number)}?`,
    button: (number) => `Send ${plural(number, "reminder")}`,
    hint: "An email to those who have not joined, or have not submitted yet.",
  },
  extend: {
    name: "Extend",
    title: (number) => `Extend the invitation of ${people(number)}?`,
    button: (number) => `Extend ${plural(number, "invitation")}`,
    hint: "The same code works for longer. No email is sent.",
  },
  revoke: {
    name: "Revoke",
    title: (number) => `Revoke the invitation of ${people(number)}?`,
    button: (number) => `Revoke ${plural(number, "invitation")}`,
    hint: "The codes stop working immediately. The people stay in the list, and can be invited again.",
    danger: true,
  },
  delete: {
    name: "Delete",
    title: (number) => `Delete ${people(number)}?`,
    button: (number) => `Delete ${people(number)}`,
    hint: "Their invitations disappear, and the codes stop working. You can’t undo this.",
    danger: true,
  },
};

interface Words {
  tone: Tone;
  /** Once it is done. */
  done: string;
  /** Before it is done; the same where nothing is done. */
  foreseen?: string;
}

/** Those that do something come first: so they are counted. */
const OUTCOMES: Record<string, Words> = {
  renewed: {
    tone: "good",
    done: "Sent again with the same code",
    foreseen: "Will be sent again with the same code",
  },
  created: {
    tone: "good",
    done: "Invited with a new code",
    foreseen: "Will be invited with a new code",
  },
  reminded: { tone: "good", done: "Reminder sent", foreseen: "Will be reminded" },
  extended: { tone: "good", done: "Extended", foreseen: "Will be extended" },
  revoked: { tone: "good", done: "Revoked", foreseen: "Will be revoked" },
  deleted: { tone: "good", done: "Deleted", foreseen: "Will be deleted" },
  unsubscribed: { tone: "warn", done: "Unsubscribed from your emails: no email is sent" },
  reminded_recently: { tone: "neutral", done: "Reminded less than a day ago" },
  not_mailed_yet: { tone: "neutral", done: "The invitation is still on its way" },
  not_delivered: { tone: "warn", done: "The invitation could not be delivered" },
  expired: { tone: "neutral", done: "Expired: send it again instead" },
  already_joined: { tone: "neutral", done: "Already joined" },
  already_completed: { tone: "neutral", done: "Already completed" },
  withdrawn: { tone: "neutral", done: "Withdrawn" },
  is_reviewer: { tone: "warn", done: "Reviews this interview" },
  unchanged: { tone: "neutral", done: "Nothing to change" },
  duplicate: { tone: "neutral", done: "Duplicate" },
  not_found: { tone: "neutral", done: "No longer in this interview" },
};

// Of these actions a word means something else.
const OF_ACTION: Partial<Record<Action, Record<string, Words>>> = {
  resend: {
    unchanged: { tone: "neutral", done: "Emailed less than 10 minutes ago: not sent again" },
  },
  remind: { revoked: { tone: "neutral", done: "Revoked: send it again instead" } },
  extend: { unchanged: { tone: "neutral", done: "Valid that long already" } },
  revoke: { unchanged: { tone: "neutral", done: "Revoked already" } },
};

/** Whether an action does something to a person who has this outcome. */
export const hasEffect = (action: Action, outcome: string): boolean =>
  wordsOf(action, outcome)?.tone === "good";

const wordsOf = (action: Action, outcome: string): Words | undefined =>
  OF_ACTION[action]?.[outcome] ?? OUTCOMES[outcome];

/** What each outcome of an action means, for a list of them. */
export const outcomeWords = (action: Action, foreseen: boolean): Map<string, OutcomeWords> =>
  new Map(
    Object.keys(OUTCOMES).map((outcome) => {
      const { tone, done, foreseen: before = done } = wordsOf(action, outcome) as Words;
      const told = foreseen ? before : done;
      return [outcome, { tone, told, counted: (number) => `${people(number)} – ${lower(told)}` }];
    }),
  );

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** What became of one person, as a sentence. */
export const changeSentence = (action: Action, { email, outcome }: Change): string =>
  `${email ?? "This person"}: ${wordsOf(action, outcome)?.done ?? outcome}.`;

/** Does something to people of an interview, or tells what it would do. */
export function useChangeCandidates(interviewId: string) {
  const { supabase } = useSignedIn();
  return (
    ids: string[],
    action: Action,
    { expiresAt = null, preview = false }: { expiresAt?: string | null; preview?: boolean } = {},
  ) =>
    jsonOf<Change[]>(
      supabase.rpc("change_candidates", {
        interview_id: interviewId,
        candidate_ids: ids,
        action,
        preview,
        ...(expiresAt && { expires_at: expiresAt }),
      }),
    );
}
