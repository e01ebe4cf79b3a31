import { Skeleton } from "@/ui/Skeleton";

export default function ReviewedLoading() {
  return (
    <div className="stack">
      <Skeleton of="the interview" count={4} />
    </div>
  );
}
