import { BackLink } from "@/ui/BackLink";
import { Skeleton } from "@/ui/Skeleton";

export default function InterviewLoading() {
  return (
    <div className="stack">
      <BackLink href="/candidates/dashboard">My interviews</BackLink>
      <Skeleton of="the interview" />
    </div>
  );
}
