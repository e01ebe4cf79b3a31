import type { ReturnTo } from "@/lib/auth";
import { Notice } from "@/ui/Notice";
import { Ticket } from "@/ui/Ticket";

/** Shows the interview code of the link above the forms, or says that it was not one. */
export function InterviewCodeNote({
  returnTo,
  sent,
}: {
  returnTo: ReturnTo;
  sent: string | undefined;
}) {
  if (returnTo.code) {
    return (
      <Ticket code={returnTo.code}>
        <strong>The interview code from your link.</strong> It will be checked after you sign in.
      </Ticket>
    );
  }
  if (!sent) return null;
  return (
    <Notice tone="warn" title="This link has no valid interview code.">
      An interview code has six digits. You can enter the one from your invitation later.
    </Notice>
  );
}
