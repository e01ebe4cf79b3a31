import type { ReturnTo } from "@/lib/auth";
import { Notice } from "@/ui/Notice";
import { Ticket } from "@/ui/Ticket";

/** Says on top of signing in or up that a code came along, or that it was none. */
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
        <strong>Interview code recognised.</strong> It stays with you until you can use it.
      </Ticket>
    );
  }
  if (!sent) return null;
  return (
    <Notice tone="warn" title="The link brought no interview code along.">
      An interview code has six digits. You can type the one of your invitation later.
    </Notice>
  );
}
