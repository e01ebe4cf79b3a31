import { Skeleton } from "@/ui/Skeleton";

export default function CandidateLoading() {
  return (
    <div className="stack">
      <Skeleton of="the candidate" count={3} />
    </div>
  );
}
