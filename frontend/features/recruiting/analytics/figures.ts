import type { Cell } from "@/lib/csvOf";
import { count, lasted, percent } from "@/lib/format";
import type { Figures, InterviewFigures, Median } from "./reads";

type Stage = Exclude<keyof Figures, "time_to_join" | "time_to_complete">;

/** The stages, each with what it is a part of, and what it means. */
export const STAGES: { stage: Stage; name: string; of: Stage | null; means: string }[] = [
  { stage: "invited", name: "Invited", of: null, means: "First invited in this period." },
  {
    stage: "delivered",
    name: "Delivered",
    of: "invited",
    means: "A mail server accepted their email, or they joined.",
  },
  { stage: "joined", name: "Joined", of: "invited", means: "Redeemed their code." },
  {
    stage: "answered",
    name: "Answered",
    of: "joined",
    means: "Have an answer, or had one until it was deleted.",
  },
  { stage: "completed", name: "Completed", of: "joined", means: "Submitted the interview." },
  { stage: "withdrawn", name: "Withdrew", of: "joined", means: "Their answers are gone." },
  {
    stage: "reviewed",
    name: "Reviewed",
    of: "completed",
    means: "Somebody submitted a review of them.",
  },
  { stage: "decided", name: "Decided", of: "completed", means: "You noted a decision." },
];

const rate = (part: number, whole: number): number | null => (whole ? part / whole : null);

/** "12 of 30 joined (40%)"; without people, there is no rate. */
export const share = (part: number, whole: number, of = ""): string =>
  whole ? `${count(part)} of ${count(whole)}${of} (${percent(rate(part, whole))})` : "–";

/** "3.5 days (12 people)" */
export const typical = ({ median_seconds, n }: Median): string =>
  median_seconds === null ? "–" : `${lasted(median_seconds)} (of ${count(n)})`;

export const funnelCsv = (figures: Figures) => ({
  header: ["Stage", "People", "Of stage", "People there", "Rate"],
  rows: STAGES.map(({ stage, name, of }): Cell[] => [
    name,
    figures[stage],
    STAGES.find((other) => other.stage === of)?.name ?? null,
    of && figures[of],
    of && rate(figures[stage], figures[of]),
  ]),
});

export const interviewsCsv = (rows: InterviewFigures[]) => ({
  header: [
    ...["Interview", "Id", ...STAGES.map(({ name }) => name)],
    ...["Median seconds to join", "People who joined"],
    ...["Median seconds to complete", "People who completed"],
  ],
  rows: rows.map((row): Cell[] => [
    ...[row.title, row.interview_id, ...STAGES.map(({ stage }) => row[stage])],
    ...[row.time_to_join.median_seconds, row.time_to_join.n],
    ...[row.time_to_complete.median_seconds, row.time_to_complete.n],
  ]),
});
