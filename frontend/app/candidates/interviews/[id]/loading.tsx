import { PageLink } from "@/ui/PageLink";
import { Skeleton } from "@/ui/Skeleton";

export default function InterviewLoading() {
  return (
    <div className="stack">
      <p>
        <PageLink href="/candidates/dashboard">← My interviews</PageLink>
      </p>
      <Skeleton of="the interview" />
    </div>
  );
}
