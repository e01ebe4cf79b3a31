"use client";

import { useId } from "react";
import { count } from "@/lib/format";
import { changedParams } from "@/lib/navigation";
import type { Period } from "@/lib/period";
import { DownloadCsv } from "@/ui/DownloadCsv";
import { PageLink } from "@/ui/PageLink";
import { Table } from "@/ui/Table";
import styles from "./Analytics.module.css";
import { interviewsCsv, share, typical } from "./figures";
import { fileName } from "./fileName";
import type { Analytics, InterviewFigures } from "./reads";

interface InterviewsProps {
  data: Analytics;
  period: Period;
}

/** The same numbers for each interview to which somebody was first invited in the period. */
export function Interviews({ data, period }: InterviewsProps) {
  const heading = useId();
  const { interviews, interview_count } = data;
  const { choice, since, until } = period;
  const query =
    choice === "custom" ? { period: choice, from: since, to: until } : { period: choice };
  const addressOf = ({ interview_id }: InterviewFigures) =>
    changedParams("http://here.invalid/recruiters/analytics", {
      interview: interview_id,
      ...query,
    });
  return (
    <section className={`card ${styles.section}`} aria-labelledby={heading}>
      <div className={styles.head}>
        <h2 id={heading}>By interview</h2>
        {interviews.length > 0 && (
          <DownloadCsv
            of="by interview"
            name={fileName("interviews", period)}
            read={() => interviewsCsv(interviews)}
          />
        )}
      </div>
      {interview_count > interviews.length && (
        <p className="soft">
          The {count(interviews.length)} with the latest invitations, of {count(interview_count)}.
          Choose a shorter period to see others.
        </p>
      )}
      {interviews.length === 0 ? (
        <p className="soft">Nobody was first invited in this period.</p>
      ) : (
        <Table
          caption="By interview"
          rows={interviews}
          rowKey={({ interview_id }) => interview_id}
          columns={[
            {
              name: "Interview",
              cell: (row) => (
                <PageLink href={addressOf(row)} className={styles.interview}>
                  <bdi>{row.title}</bdi>
                </PageLink>
              ),
            },
            { name: "Invited", number: true, cell: ({ invited }) => count(invited) },
            { name: "Joined", number: true, cell: (row) => share(row.joined, row.invited) },
            { name: "Completed", number: true, cell: (row) => share(row.completed, row.joined) },
            { name: "Reviewed", number: true, cell: (row) => share(row.reviewed, row.completed) },
            { name: "Decided", number: true, cell: (row) => share(row.decided, row.completed) },
            { name: "To join", number: true, cell: (row) => typical(row.time_to_join) },
            { name: "To complete", number: true, cell: (row) => typical(row.time_to_complete) },
          ]}
        />
      )}
      <p className="soft small">
        Times are medians of people who have got there, from the first invitation and from joining.
      </p>
    </section>
  );
}
