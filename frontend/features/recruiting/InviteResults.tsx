"use client";

import { useState } from "react";
import { plural } from "@/lib/format";
import { Badge, type Tone } from "@/ui/Badge";
import { CopyButton } from "@/ui/CopyButton";
import { Pager } from "@/ui/Pager";
import { Table } from "@/ui/Table";
import { CodeChip } from "./CodeChip";
import styles from "./InviteResults.module.css";
import type { Outcome } from "./queries";

const PAGE = 50;

interface Words {
  tone: Tone;
  /** What was done with one. */
  done: string;
  /** What would be done. */
  foreseen: string;
}

// In the order in which they are counted.
const WORDS: Record<string, Words> = {
  created: { tone: "good", done: "Invited", foreseen: "Will be invited" },
  corrected: { tone: "good", done: "Invited", foreseen: "Will be invited" },
  renewed: {
    tone: "good",
    done: "Sent again, with the same code",
    foreseen: "Has an open invite: its code is sent again",
  },
  unchanged: {
    tone: "neutral",
    done: "Mailed within the last 10 minutes: not again",
    foreseen: "Mailed within the last 10 minutes: not again",
  },
  already_joined: {
    tone: "neutral",
    done: "Takes part already: nothing sent",
    foreseen: "Takes part already: nothing is sent",
  },
  duplicate_in_request: {
    tone: "warn",
    done: "Twice in the list",
    foreseen: "Twice in the list",
  },
  invalid_email: {
    tone: "bad",
    done: "No address we can write to",
    foreseen: "No address we can write to",
  },
};

const wordsOf = (outcome: string): Words =>
  WORDS[outcome] ?? { tone: "neutral", done: outcome, foreseen: outcome };

/** What came of one invitation, as a sentence. */
export const outcomeSentence = ({ email, outcome }: Outcome): string =>
  `${email}: ${wordsOf(outcome).done}.`;

interface InviteResultsProps {
  outcomes: Outcome[];
  /** Not done yet: what would become of them. */
  foreseen?: boolean;
}

/** What became of each address: in numbers, then one by one with its code. */
export function InviteResults({ outcomes, foreseen }: InviteResultsProps) {
  const [page, setPage] = useState(0);
  const say = (outcome: string) => wordsOf(outcome)[foreseen ? "foreseen" : "done"];
  const counts = Object.keys(WORDS)
    .map((outcome) => ({ outcome, of: outcomes.filter((row) => row.outcome === outcome).length }))
    .filter(({ of }) => of > 0);
  const withCodes = outcomes.filter(({ invite_code }) => invite_code);
  const columns = [
    { name: "Address", cell: ({ email }: Outcome) => email },
    {
      name: foreseen ? "What will happen" : "What was done",
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
          <li key={outcome}>
            <Badge tone={wordsOf(outcome).tone}>{plural(of, "address", "addresses")}</Badge>{" "}
            {say(outcome)}
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
            Copy all addresses with their codes
          </CopyButton>
        </div>
      )}
      <Table
        caption={
          foreseen ? "What will happen with each address" : "What was done with each address"
        }
        columns={foreseen ? columns.slice(0, 2) : columns}
        rows={outcomes.slice(page * PAGE, (page + 1) * PAGE)}
        // A duplicate has the address of another.
        rowKey={(row) => `${outcomes.indexOf(row)}`}
      />
      <Pager of="addresses" page={page} size={PAGE} total={outcomes.length} onPage={setPage} />
    </div>
  );
}
