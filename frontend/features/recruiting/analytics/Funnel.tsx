"use client";

import { useId } from "react";
import { count } from "@/lib/format";
import type { Period } from "@/lib/period";
import { DownloadCsv } from "@/ui/DownloadCsv";
import { Table } from "@/ui/Table";
import styles from "./Analytics.module.css";
import { BarChart } from "./BarChart";
import { funnelCsv, STAGES, share, typical } from "./figures";
import { fileName } from "./fileName";
import type { Figures } from "./reads";

/** How far those got who were first invited in the period. */
export function Funnel({ figures, period }: { figures: Figures; period: Period }) {
  const heading = useId();
  const stages = STAGES.filter(({ stage }) => stage !== "withdrawn");
  const names = new Map(STAGES.map(({ stage, name }) => [stage, ` ${name.toLowerCase()}`]));
  return (
    <section className={`card ${styles.section}`} aria-labelledby={heading}>
      <div className={styles.head}>
        <h2 id={heading}>From invitation to decision</h2>
        <DownloadCsv
          of="from invitation to decision"
          name={fileName("funnel", period)}
          read={() => funnelCsv(figures)}
        />
      </div>
      <p className="soft">
        People whose first invitation to an interview was in this period, as far as they have got
        today. People who are invited to two interviews count twice.
      </p>
      <BarChart
        of="from invitation to decision"
        bars={{
          labels: stages.map(({ name }) => name),
          values: stages.map(({ stage }) => figures[stage]),
        }}
      />
      <Table
        caption="From invitation to decision"
        rows={STAGES}
        rowKey={({ stage }) => stage}
        columns={[
          {
            name: "Stage",
            cell: ({ name, means }) => (
              <>
                {name}
                <span className={`soft small ${styles.means}`}>{means}</span>
              </>
            ),
          },
          {
            name: "People",
            number: true,
            cell: ({ stage, of }) =>
              of ? share(figures[stage], figures[of], names.get(of)) : count(figures[stage]),
          },
        ]}
      />
      <dl className={styles.times}>
        <div>
          <dt>Median time from invitation to joining</dt>
          <dd>{typical(figures.time_to_join)}</dd>
        </div>
        <div>
          <dt>Median time from joining to completing</dt>
          <dd>{typical(figures.time_to_complete)}</dd>
        </div>
      </dl>
      <p className="soft small">
        Half of them were faster, half slower. Only people who have got there count, so a recent
        period looks faster than it will in the end.
      </p>
    </section>
  );
}
