"use client";

import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { STILL } from "@/features/account/useFresh";
import listStyles from "@/features/recruiting/InterviewList.module.css";
import { awaitedOf, inPlace } from "@/lib/fresh";
import type { Read } from "@/lib/read";
import { Address } from "@/ui/Address";
import { Badge } from "@/ui/Badge";
import { CardLink } from "@/ui/CardLink";
import { EmptyState } from "@/ui/EmptyState";
import { Loaded } from "@/ui/Loaded";
import { Day } from "@/ui/Time";
import { Waiting } from "@/ui/Waiting";
import { type ToReview, toReviewRead } from "./reads";

/** The interviews whose candidates one reviews. */
export function ReviewsPage() {
  const { account } = useSignedIn();
  const interviews = useInterviews(toReviewRead(account.id));
  return (
    <div className="stack">
      <h1>Reviews</h1>
      {interviews.data?.length !== 0 && <Waiting list={interviews} />}
      <Loaded
        answer={interviews}
        of="your reviews"
        isEmpty={(rows) => rows.length === 0}
        empty={
          <EmptyState title="Nothing to review">
            Recruiters can ask you to review the candidates of an interview. What they send to{" "}
            <Address>{account.email}</Address> shows here. If you were invited at another address,
            sign in with that one.
          </EmptyState>
        }
      >
        {(rows) => (
          <ul className={listStyles.list} aria-label="Interviews to review">
            {rows.map((row) => (
              <Row key={row.interview_id} row={row} />
            ))}
          </ul>
        )}
      </Loaded>
    </div>
  );
}

function Row({ row }: { row: ToReview }) {
  return (
    <li className={`card ${listStyles.row}`}>
      <div className={listStyles.what}>
        <h2 className={listStyles.title} dir="auto">
          <CardLink href={`/reviews/${row.interview_id}`}>{row.title}</CardLink>
        </h2>
        <p className={listStyles.facts}>
          <Left row={row} />
          <span>
            Asked by <bdi>{row.recruiter_name}</bdi>
          </span>
          <span>
            Joined <Day at={row.joined_at} />
          </span>
        </p>
      </div>
    </li>
  );
}

/** How much there is to do. */
function Left({ row: { to_review, reviewed } }: { row: ToReview }) {
  if (to_review > 0) return <Badge tone="accent">{to_review} to review</Badge>;
  if (reviewed > 0) return <Badge tone="good">All reviewed</Badge>;
  return <Badge>Nobody has submitted yet</Badge>;
}

const idOf = ({ interview_id }: ToReview) => interview_id;

/** Like useFreshRows, but by reading all every minute: no change of an interview tells of new ones. */
function useInterviews(read: Read<ToReview[]>) {
  const answer = useRead(read, STILL);
  const later = useRead(
    { key: [...read.key, "later"], from: read.from },
    { revalidateOnMount: false, refreshInterval: 60_000, dedupingInterval: 5000 },
  );
  const now = later.data ?? answer.data ?? [];
  const shown = answer.data?.length ? answer.data : now;
  return {
    ...answer,
    data: answer.data && inPlace({ rows: shown }, { rows: now }, idOf).rows,
    ...awaitedOf(shown.map(idOf), now.map(idOf)),
    show: () => void answer.mutate(now, { revalidate: false }),
  };
}
