import { Skeleton } from "@/ui/Skeleton";

export default function ReviewsLoading() {
  return (
    <div className="stack">
      <h1>Reviews</h1>
      <Skeleton of="your reviews" />
    </div>
  );
}
