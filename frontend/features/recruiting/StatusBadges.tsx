import type { ReactNode } from "react";
import { WithAddresses } from "@/ui/Address";
import { Badge, type Tone } from "@/ui/Badge";
import { Day, Moment } from "@/ui/Time";
import { type Invite, isExpired, isOpen, isPending, type Participant, type Stats } from "./queries";
import styles from "./StatusBadges.module.css";

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

/** An invite's state and since when, or until when. */
export function InviteState({ invite }: { invite: Invite }) {
  const { status, expires_at, accepted_at, completed_at, revoked_at } = invite;
  if (status === "completed")
    return state("good", "Completed", completed_at && <Day at={completed_at} />);
  if (invite.withdrawn.length > 0) return state("neutral", "Withdrawn", null);
  if (status === "accepted")
    return state("accent", "Joined", accepted_at && <Day at={accepted_at} />);
  if (revoked_at) return state("neutral", "Revoked", <Day at={revoked_at} />);
  if (isExpired(invite)) return state("neutral", "Expired", <Day at={expires_at} />);
  return state(
    "warn",
    "Pending",
    <>
      until <Day at={expires_at} />
    </>,
  );
}

/** What became of an invite's email. */
export function MailState({ invite }: { invite: Invite }) {
  const { delivery_status, delivery_at, delivery_error } = invite;
  const when = delivery_at && <Moment at={delivery_at} />;
  const answered = <WithAddresses>{delivery_error ?? ""}</WithAddresses>;
  if (invite.unsubscribed)
    return state("warn", "Unsubscribed", "wants no emails from you; the code works");
  if (delivery_status === "accepted")
    return state("good", "Sent", <>accepted by the mail server{when && <>, {when}</>}</>);
  if (delivery_status === "failed")
    return state("bad", "Not delivered", delivery_error ? answered : when);
  if (delivery_status === "cancelled") return state("neutral", "Not sent", "cancelled");
  if (delivery_status === "queued") {
    const told = delivery_error && <>last attempt: {answered}</>;
    return isPending(invite) ? state("accent", "Queued", told) : state("neutral", "Not sent", null);
  }
  return <span className="soft">–</span>;
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

function state(tone: Tone, name: string, more: ReactNode) {
  return (
    <>
      <Badge tone={tone}>{name}</Badge>
      {more && <div className={`soft small ${styles.more}`}>{more}</div>}
    </>
  );
}
