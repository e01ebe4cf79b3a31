"use client";

import { useId } from "react";
import { count, plural, shortDay } from "@/lib/format";
import type { Period } from "@/lib/period";
import { DownloadCsv } from "@/ui/DownloadCsv";
import { Table } from "@/ui/Table";
import { useReader } from "@/ui/Time";
import styles from "./Analytics.module.css";
import { BarChart } from "./BarChart";
import { fileName } from "./fileName";
import type { Analytics } from "./reads";

/** When people completed, by day, week or month. */
export function Completions({ data, period }: { data: Analytics; period: Period }) {
  const heading = useId();
  const reader = useReader();
  const { step, completions } = data;
  const total = completions.reduce((sum, { completed }) => sum + completed, 0);
  const first = step === "day" ? "Day" : `${step === "week" ? "Week" : "Month"} from`;
  return (
    <section className={`card ${styles.section}`} aria-labelledby={heading}>
      <div className={styles.head}>
        <h2 id={heading}>Completions by {step}</h2>
        <DownloadCsv
          of="completions"
          name={fileName("completions", period)}
          read={() => ({
            header: [first, "Completed"],
            rows: completions.map(({ from, completed }) => [from, completed]),
          })}
        />
      </div>
      <p className="soft">
        {plural(total, "person", "people")} completed in this period, whenever they were invited.
      </p>
      <BarChart
        of={`completions by ${step}`}
        bars={{
          labels: completions.map(({ from }) => shortDay(from, reader)),
          values: completions.map(({ completed }) => completed),
        }}
      />
      <details className={styles.more}>
        <summary>Show as a table</summary>
        <Table
          caption={`Completions by ${step}`}
          rows={completions}
          rowKey={({ from }) => from}
          columns={[
            {
              name: first,
              cell: ({ from }) => (
                <time dateTime={from} lang={reader.locale} dir="auto" suppressHydrationWarning>
                  {shortDay(from, reader)}
                </time>
              ),
            },
            { name: "Completed", number: true, cell: ({ completed }) => count(completed) },
          ]}
        />
      </details>
    </section>
  );
}
