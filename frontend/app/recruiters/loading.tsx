import { Skeleton } from "@/ui/Skeleton";

export default function RecruitersLoading() {
  return (
    <div className="stack">
      <h1>Recruiting</h1>
      <Skeleton of="your interviews" />
    </div>
  );
}
