import { problem } from "@/lib/errors";
import { ButtonLink } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";

/** Instead of an interview that is not the recruiter’s. */
export function NotYours() {
  const { message, hint } = problem("interview_not_found");
  return (
    <>
      <h1>Interview</h1>
      <EmptyState
        title={message}
        action={<ButtonLink href="/recruiters">Your interviews</ButtonLink>}
      >
        {hint}
      </EmptyState>
    </>
  );
}
