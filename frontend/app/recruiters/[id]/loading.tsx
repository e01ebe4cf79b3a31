import { BackLink } from "@/ui/BackLink";
import { Skeleton } from "@/ui/Skeleton";

export default function InterviewLoading() {
  return (
    <div className="stack">
      <BackLink href="/recruiters">Recruiting</BackLink>
      <Skeleton of="the interview" count={4} />
    </div>
  );
}
