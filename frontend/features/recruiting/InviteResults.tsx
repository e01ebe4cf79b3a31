"use client";

import { useState } from "react";
import { plural } from "@/lib/format";
import type { Tone } from "@/ui/Badge";
import { CopyButton } from "@/ui/CopyButton";
import { NamedAddress } from "@/ui/NamedAddress";
import { Pager } from "@/ui/Pager";
import { Table } from "@/ui/Table";
import { CodeChip } from "./CodeChip";
import styles from "./InviteResults.module.css";
import type { Outcome } from "./queries";

const PAGE = 50;

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
export function InviteResults({ outcomes, foreseen }: InviteResultsProps) {
  const [page, setPage] = useState(0);
  const say = (outcome: string) => wordsOf(outcome)[foreseen ? "foreseen" : "done"];
  const counts = Object.keys(WORDS)
    .map((outcome) => ({ outcome, of: outcomes.filter((row) => row.outcome === outcome).length }))
    .filter(({ of }) => of > 0);
  const withCodes = outcomes.filter(({ invite_code }) => invite_code);
  const columns = [
    {
      name: "Address",
      cell: ({ email, name }: Outcome) => <NamedAddress name={name}>{email}</NamedAddress>,
    },
    {
      name: "Result",
      cell: ({ outcome }: Outcome) => (
        <span className={styles[wordsOf(outcome).tone]}>{say(outcome)}</span>
      ),
    },
    {
      name: "Code",
      number: true,
      cell: ({ email, invite_code: code }: Outcome) =>
        code ? <CodeChip code={code} email={email} /> : "–",
    },
  ];
  return (
    <div className="stack">
      <ul className={styles.counts}>
        {counts.map(({ outcome, of }) => (
          <li key={outcome} className={styles[wordsOf(outcome).tone]}>
            {counted(of, outcome, say(outcome))}
          </li>
        ))}
      </ul>
      {!foreseen && withCodes.length > 1 && (
        <div>
          <CopyButton
            text={() =>
              withCodes.map(({ email, invite_code }) => `${email}\t${invite_code}`).join("\n")
            }
          >
            Copy all addresses and codes
          </CopyButton>
        </div>
      )}
      <Table
        caption={foreseen ? "Expected result for each address" : "Result for each address"}
        columns={foreseen ? columns.slice(0, 2) : columns}
        rows={outcomes.slice(page * PAGE, (page + 1) * PAGE)}
        // A duplicate has the address of another.
        rowKey={(row) => `${outcomes.indexOf(row)}`}
      />
      <Pager of="addresses" page={page} size={PAGE} total={outcomes.length} onPage={setPage} />
    </div>
  );
}
