import { problem } from "@/lib/errors";
import { ButtonLink } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";

/** Instead of a candidate whom one may not judge. */
export function NotYours({ href }: { href: string }) {
  const { message, hint } = problem("participant_not_found");
  return (
    <>
      <h1>Candidate</h1>
      <EmptyState title={message} action={<ButtonLink href={href}>The interview</ButtonLink>}>
        {hint}
      </EmptyState>
    </>
  );
}
