"use client";

import { useId } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { Loaded } from "@/ui/Loaded";
import { useHydrated } from "@/ui/useHydrated";
import { type Criterion, criteriaRead } from "../queries";
import { Author } from "./Author";
import { Ratings } from "./Ratings";
import styles from "./Review.module.css";
import { ReviewForm } from "./ReviewForm";
import { type Candidate, type Review, reviewsRead } from "./reads";
import { Submitted } from "./Submitted";

interface ReviewSectionProps {
  interviewId: string;
  candidate: Pick<Candidate, "id" | "status">;
  criteriaPage: string | null;
  onRefused?: () => void;
}

/** One's own review, and those that others have submitted, once one's own is. */
export function ReviewSection(props: ReviewSectionProps) {
  const { interviewId, candidate, criteriaPage, onRefused } = props;
  const { account } = useSignedIn();
  const criteria = useRead(criteriaRead(interviewId));
  const reviews = useRead(reviewsRead(interviewId, candidate.id));
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
                  criteriaPage={criteriaPage}
                  criteria={listed}
                  reviews={written}
                  onSaved={(saved) => void reviews.mutate(saved)}
                  onOutdated={() => void Promise.all([criteria.mutate(), reviews.mutate()])}
                  onRefused={onRefused}
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

/** What the recruiter and the reviewers have submitted, those of before included. */
function Others({ criteria, reviews }: OthersProps) {
  const heading = useId();
  if (reviews.length === 0) return null;
  return (
    <section className={styles.section} aria-labelledby={heading}>
      <h2 id={heading}>Reviews by others</h2>
      {reviews.map((review) => (
        <article key={review.id} className={`card ${styles.form}`}>
          <div>
            <h3>
              <Author review={review} />
            </h3>
            <p className="soft small">
              <Submitted review={review} />
            </p>
          </div>
          <Ratings criteria={criteria} review={review} />
        </article>
      ))}
    </section>
  );
}
