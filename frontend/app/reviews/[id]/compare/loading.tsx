import { Skeleton } from "@/ui/Skeleton";

export default function CompareLoading() {
  return (
    <div className="stack">
      <h1>Compare answers</h1>
      <Skeleton of="the answers" count={3} />
    </div>
  );
}
