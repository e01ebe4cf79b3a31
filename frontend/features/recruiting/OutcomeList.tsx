"use client";

import { useState } from "react";
import type { Tone } from "@/ui/Badge";
import { CopyButton } from "@/ui/CopyButton";
import { NamedAddress } from "@/ui/NamedAddress";
import { Pager } from "@/ui/Pager";
import { Table } from "@/ui/Table";
import { CodeChip } from "./CodeChip";
import styles from "./OutcomeList.module.css";

const PAGE = 50;

/** What became of one person, or would. */
export interface PersonOutcome {
  email: string | null;
  name: string | null | undefined;
  outcome: string;
  invite_code: string | null;
}

export interface OutcomeWords {
  tone: Tone;
  /** Of one person. */
  told: string;
  /** Of so many. */
  counted: (number: number) => string;
}

interface OutcomeListProps {
  rows: PersonOutcome[];
  /** In the order in which they are counted. */
  words: Map<string, OutcomeWords>;
  /** Whether nothing has been done yet. */
  foreseen: boolean;
}

/** The result for each person: in numbers, then one by one with their code. */
export function OutcomeList({ rows, words, foreseen }: OutcomeListProps) {
  const [page, setPage] = useState(0);
  const counts = [...words]
    .map(([outcome, of]) => ({ ...of, outcome, number: rows.filter(is(outcome)).length }))
    .filter(({ number }) => number > 0);
  const withCodes = rows.filter(({ invite_code }) => invite_code);
  const columns = [
    {
      name: "Address",
      cell: ({ email, name }: PersonOutcome) =>
        email ? <NamedAddress name={name}>{email}</NamedAddress> : "Unknown address",
    },
    {
      name: "Result",
      cell: ({ outcome }: PersonOutcome) => {
        const { tone = "neutral", told = outcome } = words.get(outcome) ?? {};
        return <span className={styles[tone]}>{told}</span>;
      },
    },
    {
      name: "Code",
      number: true,
      cell: ({ email, invite_code: code }: PersonOutcome) =>
        code ? <CodeChip code={code} email={email ?? ""} /> : "–",
    },
  ];
  return (
    <div className="stack">
      <ul className={styles.counts}>
        {counts.map(({ outcome, tone, number, counted }) => (
          <li key={outcome} className={styles[tone]}>
            {counted(number)}
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
        columns={foreseen || withCodes.length === 0 ? columns.slice(0, 2) : columns}
        rows={rows.slice(page * PAGE, (page + 1) * PAGE)}
        // A duplicate has the address of another.
        rowKey={(row) => `${rows.indexOf(row)}`}
      />
      <Pager of="addresses" page={page} size={PAGE} total={rows.length} onPage={setPage} />
    </div>
  );
}

const is = (outcome: string) => (row: PersonOutcome) => row.outcome === outcome;
