import { Moment } from "@/ui/Time";
import type { Review } from "./reads";

/** When a review was submitted, and when it was changed after that. */
export function Submitted({ review }: { review: Pick<Review, "submitted_at" | "changed_at"> }) {
  const { submitted_at, changed_at } = review;
  return (
    <>
      {submitted_at && (
        <>
          Submitted on <Moment at={submitted_at} />.
        </>
      )}{" "}
      {changed_at && (
        <>
          Changed on <Moment at={changed_at} />.
        </>
      )}
    </>
  );
}
