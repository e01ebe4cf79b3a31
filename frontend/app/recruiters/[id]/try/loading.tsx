import { Skeleton } from "@/ui/Skeleton";

export default function TrialLoading() {
  return (
    <div className="stack">
      <Skeleton of="the interview" count={2} />
    </div>
  );
}
