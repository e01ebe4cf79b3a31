"use client";

import { submitUntil } from "@/lib/answers";
import { Notice } from "@/ui/Notice";
import { Moment } from "@/ui/Time";
import type { JoinedInterview } from "../participations";

/** The deadline has passed: what can still be done, and until when. */
export function LateNotice({ participation, responses, settings }: JoinedInterview) {
  const { phase, interview } = participation;
  if (phase === "over") {
    return (
      <Notice tone="warn" title="This interview is closed and can no longer be finished.">
        If you need more time, ask the recruiter to reopen it or move the deadline.
      </Notice>
    );
  }
  if (phase === "open" || !interview.deadline) return null;
  const begun = responses.some(({ status }) => status !== "discarded");
  const until = submitUntil(interview.deadline, begun, settings.upload_grace_hours);
  return (
    <Notice tone="warn" title="The deadline has passed.">
      {begun
        ? "You can’t record any more, but what you recorded before can be sent and submitted until "
        : "You can still finish until "}
      <Moment at={new Date(until).toISOString()} />.
    </Notice>
  );
}
