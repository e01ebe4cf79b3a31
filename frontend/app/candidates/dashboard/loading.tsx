import { Skeleton } from "@/ui/Skeleton";

export default function DashboardLoading() {
  return (
    <div className="stack">
      <h1>My interviews</h1>
      <Skeleton of="your interviews" />
    </div>
  );
}
