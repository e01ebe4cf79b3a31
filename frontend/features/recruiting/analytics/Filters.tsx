"use client";

import { type FormEvent, useEffect, useRef } from "react";
import { PERIODS, type Period } from "@/lib/period";
import { Button } from "@/ui/Button";
import { Choices } from "@/ui/Choices";
import { Field, Select } from "@/ui/Field";
import { PageLink } from "@/ui/PageLink";
import { useParams } from "@/ui/useParams";
import styles from "./Analytics.module.css";
import { MOST_TITLES } from "./reads";

interface FiltersProps {
  interviewId: string | null;
  period: Period;
  titles: { id: string; title: string }[];
}

/** Which interview and period are told of; both are in the address. */
export function Filters({ interviewId, period, titles }: FiltersProps) {
  const { push } = useParams();
  return (
    <div className={`card ${styles.filters}`}>
      <Select
        label="Interview"
        hint={
          titles.length > MOST_TITLES - 1 && "The latest are listed; others are in the table below."
        }
        value={titles.some(({ id }) => id === interviewId) ? (interviewId ?? "") : ""}
        onChange={(event) => push({ interview: event.target.value || null })}
      >
        <option value="">All interviews</option>
        {titles.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </Select>
      <div className={styles.periods}>
        <Choices
          of="Period"
          choices={PERIODS}
          value={period.choice}
          onChange={(choice) => push({ period: choice })}
        />
        {period.choice === "custom" && <Dates period={period} />}
      </div>
      {interviewId && (
        <p>
          <PageLink href={`/recruiters/${interviewId}`}>Open this interview</PageLink>
        </p>
      )}
    </div>
  );
}

function Dates({ period: { since, until } }: { period: Period }) {
  const { push } = useParams();
  const from = useRef<HTMLInputElement>(null);
  const to = useRef<HTMLInputElement>(null);
  // Back and Forward change the address, and the fields with it.
  useEffect(() => {
    if (from.current) from.current.value = since ?? "";
    if (to.current) to.current.value = until ?? "";
  }, [since, until]);
  const show = (event: FormEvent) => {
    event.preventDefault();
    push({ from: from.current?.value || null, to: to.current?.value || null });
  };
  return (
    <form className={styles.dates} onSubmit={show}>
      <Field ref={from} label="From" type="date" min="2000-01-01" max="9998-12-31" />
      <Field
        ref={to}
        label="To"
        type="date"
        min="2000-01-01"
        max="9998-12-31"
        error={since && until && since > until && "This is before the first day."}
      />
      <Button type="submit" variant="secondary">
        Show
      </Button>
    </form>
  );
}
