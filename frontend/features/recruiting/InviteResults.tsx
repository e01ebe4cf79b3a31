"use client";

import { plural } from "@/lib/format";
import type { Tone } from "@/ui/Badge";
import { OutcomeList, type OutcomeWords } from "./OutcomeList";
import type { Outcome } from "./queries";

interface Words {
  tone: Tone;
  /** Once it is done. */
  done: string;
  /** Before it is done. */
  foreseen: string;
}

// In the order in which they are counted.
const WORDS: Record<string, Words> = {
  created: { tone: "good", done: "Invited", foreseen: "Will be invited" },
  corrected: { tone: "good", done: "Invited", foreseen: "Will be invited" },
  renewed: {
    tone: "good",
    done: "Sent again with the same code",
    foreseen: "Already invited: the same code will be sent again",
  },
  unchanged: {
    tone: "neutral",
    done: "Emailed less than 10 minutes ago: not sent again",
    foreseen: "Emailed less than 10 minutes ago: not sent again",
  },
  unsubscribed: {
    tone: "warn",
    done: "Unsubscribed from your emails: the code works, but nothing was sent",
    foreseen: "Unsubscribed from your emails: the code will work, but nothing will be sent",
  },
  already_joined: {
    tone: "neutral",
    done: "Already joined: nothing sent",
    foreseen: "Already joined: nothing will be sent",
  },
  is_reviewer: {
    tone: "warn",
    done: "Reviews this interview, so can’t be a candidate of it",
    foreseen: "Reviews this interview, so can’t be a candidate of it",
  },
  duplicate_in_request: {
    tone: "warn",
    done: "Duplicate",
    foreseen: "Duplicate",
  },
  invalid_email: {
    tone: "bad",
    done: "Invalid address",
    foreseen: "Invalid address",
  },
};

const wordsOf = (outcome: string): Words =>
  WORDS[outcome] ?? { tone: "neutral", done: outcome, foreseen: outcome };

/** "2 addresses will be invited", "1 duplicate" */
function counted(number: number, outcome: string, words: string): string {
  if (outcome === "duplicate_in_request") return plural(number, "duplicate");
  if (outcome === "invalid_email") return plural(number, "invalid address", "invalid addresses");
  const [first = "", ...rest] = words;
  return `${plural(number, "address", "addresses")} ${first.toLowerCase()}${rest.join("")}`;
}

/** The result of one invitation, as a sentence. */
export const outcomeSentence = ({ email, outcome }: Outcome): string =>
  `${email}: ${wordsOf(outcome).done}.`;

interface InviteResultsProps {
  outcomes: Outcome[];
  /** Whether they are a preview. */
  foreseen?: boolean;
}

/** The result for each address: in numbers, then one by one with its code. */
export const InviteResults = ({ outcomes, foreseen = false }: InviteResultsProps) => (
  <OutcomeList rows={outcomes.map(withName)} words={said(foreseen)} foreseen={foreseen} />
);

const withName = (outcome: Outcome) => ({ ...outcome, name: outcome.name });

const said = (foreseen: boolean) =>
  new Map<string, OutcomeWords>(
    Object.entries(WORDS).map(([outcome, words]) => {
      const told = words[foreseen ? "foreseen" : "done"];
      return [
        outcome,
        { tone: words.tone, told, counted: (number) => counted(number, outcome, told) },
      ];
    }),
  );
