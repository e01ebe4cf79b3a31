import type { Review } from "./reads";

/** Who wrote a review: by their name, or else by their address. */
export function Author({ review }: { review: Pick<Review, "reviewer_name"> }) {
  const { reviewer_name } = review;
  return reviewer_name ? <bdi>{reviewer_name}</bdi> : "A former reviewer";
}
