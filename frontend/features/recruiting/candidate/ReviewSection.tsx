"use client";

import { useId } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { Loaded } from "@/ui/Loaded";
import { useHydrated } from "@/ui/useHydrated";
import type { Criterion } from "../queries";
import { Ratings } from "./Ratings";
import styles from "./Review.module.css";
import { ReviewForm } from "./ReviewForm";
import { type Candidate, candidateReads, type Review } from "./reads";
import { Submitted } from "./Submitted";

interface ReviewSectionProps {
  interviewId: string;
  candidate: Candidate;
}

/** The recruiter's own review, and those that others have submitted, once theirs is. */
export function ReviewSection({ interviewId, candidate }: ReviewSectionProps) {
  const { account } = useSignedIn();
  const reads = candidateReads(interviewId, candidate.id, account.id);
  const criteria = useRead(reads.criteria);
  const reviews = useRead(reads.reviews);
  const hydrated = useHydrated();
  const heading = useId();
  if (candidate.status !== "completed") {
    return (
      <section className={styles.section} aria-labelledby={heading}>
        <h2 id={heading}>Your review</h2>
        <p className="soft">You can review once they have submitted.</p>
      </section>
    );
  }
  return (
    <Loaded answer={criteria} of="the criteria">
      {(listed) => (
        <Loaded answer={reviews} of="the reviews">
          {(written) => (
            <>
              <section className={styles.section} aria-labelledby={heading}>
                <h2 id={heading}>Your review</h2>
                <ReviewForm
                  // Drawn again once the browser can tell what it has kept.
                  key={String(hydrated)}
                  hydrated={hydrated}
                  interviewId={interviewId}
                  participantId={candidate.id}
                  criteria={listed}
                  reviews={written}
                  onSaved={(saved, again) => void reviews.mutate(saved, { revalidate: again })}
                  onOutdated={() => void Promise.all([criteria.mutate(), reviews.mutate()])}
                />
              </section>
              <Others
                criteria={listed}
                reviews={written.filter(({ reviewer_id }) => reviewer_id !== account.id)}
              />
            </>
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

interface OthersProps {
  criteria: Criterion[];
  reviews: Review[];
}

/** What the interview's earlier recruiters have submitted. */
function Others({ criteria, reviews }: OthersProps) {
  const heading = useId();
  if (reviews.length === 0) return null;
  return (
    <section className={styles.section} aria-labelledby={heading}>
      <h2 id={heading}>Reviews by others</h2>
      {reviews.map((review) => (
        <article key={review.id} className={`card ${styles.form}`}>
          <p className="soft small">
            <Submitted review={review} />
          </p>
          <Ratings criteria={criteria} review={review} />
        </article>
      ))}
    </section>
  );
}
