import { DASHBOARD } from "@/lib/navigation";
import { BackLink } from "@/ui/BackLink";
import { Skeleton } from "@/ui/Skeleton";

export default function InterviewLoading() {
  return (
    <div className="stack">
      <BackLink href={DASHBOARD}>My interviews</BackLink>
      <Skeleton of="the interview" />
    </div>
  );
}
