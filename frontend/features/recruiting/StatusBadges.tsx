import { Badge, type Tone } from "@/ui/Badge";
import { Moment } from "@/ui/Time";
import { isOpen, type Participant, type Stats } from "./queries";

type State = Pick<Stats, "status" | "deadline">;

/** An interview's state. */
export function InterviewBadge({ interview }: { interview: State }) {
  if (interview.status === "completed") return <Badge tone="neutral">Completed</Badge>;
  if (interview.status === "inactive") return <Badge tone="warn">Closed</Badge>;
  if (!isOpen(interview)) return <Badge tone="warn">Deadline passed</Badge>;
  return <Badge tone="accent">Open</Badge>;
}

/** "Until 31 January 2030 at 17:00", or that there is no deadline. */
export function Deadline({ interview: { deadline } }: { interview: State }) {
  if (!deadline) return "No deadline";
  return (
    <>
      {new Date(deadline) > new Date() ? "Until" : "Ended"} <Moment at={deadline} />
    </>
  );
}

const PARTICIPANT: Record<string, [Tone, string]> = {
  active: ["accent", "Active"],
  completed: ["good", "Submitted"],
  withdrawn: ["neutral", "Withdrawn"],
};

/** A participant's state. */
export function ParticipantBadge({ participant }: { participant: Pick<Participant, "status"> }) {
  const [tone, name] = PARTICIPANT[participant.status] ?? ["neutral", participant.status];
  return <Badge tone={tone}>{name}</Badge>;
}
