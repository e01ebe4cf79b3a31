import type { Criterion } from "../queries";
import styles from "./Review.module.css";
import type { Review } from "./reads";

interface RatingsProps {
  criteria: Criterion[];
  review: Pick<Review, "note" | "ratings">;
}

/** What a review says: the level and the note by each criterion, and the overall note. */
export function Ratings({ criteria, review }: RatingsProps) {
  return (
    <dl className={styles.ratings}>
      {criteria.map(({ id, name, levels }) => {
        const rating = review.ratings.find(({ criterion_id }) => criterion_id === id);
        return (
          rating && (
            <div key={id}>
              <dt>
                <bdi>{name}</bdi>
              </dt>
              <dd dir="auto">{levels[rating.level - 1]}</dd>
              {rating.note && (
                <dd className="prewrap" dir="auto">
                  {rating.note}
                </dd>
              )}
            </div>
          )
        );
      })}
      {review.note && (
        <div>
          <dt>{criteria.length > 0 ? "Overall note" : "Note"}</dt>
          <dd className="prewrap" dir="auto">
            {review.note}
          </dd>
        </div>
      )}
    </dl>
  );
}
