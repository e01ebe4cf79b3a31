import { BackLink } from "@/ui/BackLink";
import { Skeleton } from "@/ui/Skeleton";

export default function AnalyticsLoading() {
  return (
    <div className="stack">
      <BackLink href="/recruiters">Recruiting</BackLink>
      <h1>Analytics</h1>
      <Skeleton of="the analytics" />
    </div>
  );
}
