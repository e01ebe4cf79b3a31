import type { Followed } from "@/features/account/useFresh";
import type { Read } from "@/lib/read";
import type { Person } from "../candidates/reads";
import type { Candidate, candidateReads, Decision, Judged, Review } from "./reads";

type Reads = ReturnType<typeof candidateReads>;
type JudgedReads = Pick<Reads, "questions" | "responses" | "criteria" | "reviews"> & {
  judged: Read<Judged | Candidate | null>;
};

/** What others change on a candidate's page, for everyone who judges them. */
export const judgedFollowed = (reads: JudgedReads, accountId: string): Followed[] => [
  {
    read: reads.judged,
    // How much is answered changes in its place.
    moving: (judged: Judged | null) =>
      judged && {
        ...judged,
        answered: null,
        interview: [judged.interview.status, judged.interview.deadline],
      },
  },
  { read: reads.questions },
  { read: reads.responses },
  { read: reads.criteria },
  {
    read: reads.reviews,
    ids: (reviews: Review[]) =>
      reviews.filter(({ reviewer_id }) => reviewer_id !== accountId).map(({ id }) => id),
  },
];

/** The same for the recruiter, in whose other tabs they may have decided. */
export const candidateFollowed = (reads: Reads, accountId: string): Followed[] => [
  // Of who has joined, it is only who they are.
  {
    read: reads.person,
    moving: (person: Person | null) => person?.participant_id ?? person,
  },
  { read: reads.decision, moving: (decision: Decision | null) => decision === null },
  ...judgedFollowed({ ...reads, judged: reads.candidate }, accountId),
];
