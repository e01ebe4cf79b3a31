import { PageLink } from "@/ui/PageLink";
import { Skeleton } from "@/ui/Skeleton";

export default function InterviewLoading() {
  return (
    <div className="stack">
      <p>
        <PageLink href="/recruiters">← Recruiting</PageLink>
      </p>
      <Skeleton of="the interview" count={4} />
    </div>
  );
}
