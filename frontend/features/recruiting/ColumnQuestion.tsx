"use client";

import { useEffect, useId, useRef } from "react";
import type { PossibleColumn } from "@/lib/columns";
import type { ReadFile } from "@/lib/csv";
import { count, plural } from "@/lib/format";
import { WithAddresses } from "@/ui/Address";
import { Button } from "@/ui/Button";
import styles from "./ColumnQuestion.module.css";

interface ColumnQuestionProps {
  columns: PossibleColumn[];
  onChoose: (column: number) => void;
  onCancel: () => void;
}

/** Asks which column of a file has the candidates' addresses; each shows its first values. */
export function ColumnQuestion({ columns, onChoose, onCancel }: ColumnQuestionProps) {
  const heading = useId();
  const section = useRef<HTMLElement>(null);
  useEffect(() => section.current?.focus(), []);
  return (
    <section ref={section} className={styles.question} aria-labelledby={heading} tabIndex={-1}>
      <h3 id={heading}>Which column has the candidates’ addresses?</h3>
      <ul className={styles.columns}>
        {columns.map(({ index, header, values }) => (
          <li key={index} className={styles.column}>
            <div className={styles.told}>
              <bdi className={styles.header}>{columnName(index, header)}</bdi>
              <span className="soft small">
                <WithAddresses>{values.join(", ") || "Empty"}</WithAddresses>
              </span>
            </div>
            <Button
              variant="secondary"
              small
              aria-label={`Use ${columnName(index, header)}`}
              onClick={() => onChoose(index)}
            >
              Use
            </Button>
          </li>
        ))}
      </ul>
      <div>
        <Button variant="quiet" small onClick={onCancel}>
          Don’t use this file
        </Button>
      </div>
    </section>
  );
}

const columnName = (index: number, header: string | null): string =>
  header ? `“${header}”` : `column ${count(index + 1)}`;

/** How a file was read, and what of it invites nobody. */
export function toldOfFile({ header, encoding, leftAside }: ReadFile): string {
  const { titles, rowsWithoutAddress, otherAddresses, names } = leftAside;
  return [
    header && `Read from the column “${header}”.`,
    titles > 0 && `Skipped ${plural(titles, "row")} above the header.`,
    rowsWithoutAddress > 0 && `Skipped ${plural(rowsWithoutAddress, "row")} without an address.`,
    ...otherAddresses.map(
      ({ column, header, addresses }) =>
        `Left out ${plural(addresses, "address", "addresses")} in ${columnName(column, header)}.`,
    ),
    encoding === "windows-1252" && "The file isn’t UTF-8: check names with accents.",
    encoding === "unknown" &&
      `The file isn’t UTF-8: left out ${plural(names, "name")} with other letters.`,
  ]
    .filter(Boolean)
    .join(" ");
}
