import type { ReactNode } from "react";
import { WithAddresses } from "@/ui/Address";
import { Badge, type Tone } from "@/ui/Badge";
import { Moment } from "@/ui/Time";
import styles from "./Candidates.module.css";
import { isWaiting, type Person, type State } from "./reads";

const STATE_WORDS: Record<State, [Tone, string]> = {
  asks_for_code: ["warn", "Asks for a code"],
  not_delivered: ["bad", "Not delivered"],
  invited: ["neutral", "Invited"],
  joined: ["accent", "Joined"],
  completed: ["good", "Completed"],
  reviewed: ["good", "Reviewed"],
  advance: ["good", "Advance"],
  hold: ["warn", "Hold"],
  decline: ["neutral", "Decline"],
  withdrawn: ["neutral", "Withdrawn"],
  expired: ["neutral", "Expired"],
  revoked: ["neutral", "Revoked"],
};

export const stateName = (state: State): string => STATE_WORDS[state][1];

/** Where a person is in an interview. */
export function PersonBadge({ person }: { person: Person }) {
  // Maintenance marks it within a minute.
  const overdue = person.state === "invited" && !isWaiting(person);
  const [tone, name] = STATE_WORDS[overdue ? "expired" : (person.state as State)];
  return <Badge tone={tone}>{name}</Badge>;
}

/** The same, and what keeps the invitation from reaching them. */
export function PersonState({ person }: { person: Person }) {
  const trouble = mailTrouble(person);
  return (
    <>
      <PersonBadge person={person} />
      {trouble && <span className={styles.second}>{trouble}</span>}
    </>
  );
}

function mailTrouble({ state, delivery_status, unsubscribed }: Person): string {
  if (state !== "invited") return "";
  if (unsubscribed) return "unsubscribed";
  if (delivery_status === "queued") return "email is queued";
  return delivery_status === "cancelled" ? "email not sent" : "";
}

/** What became of the email with the current code. */
export function MailState({ person }: { person: Person }) {
  const { delivery_status, delivery_at, delivery_error, unsubscribed } = person;
  const when = delivery_at && <Moment at={delivery_at} />;
  const answered = <WithAddresses>{delivery_error ?? ""}</WithAddresses>;
  if (unsubscribed) return told("warn", "Unsubscribed", "wants no emails from you; the code works");
  if (delivery_status === "accepted")
    return told("good", "Sent", <>accepted by the mail server{when && <>, {when}</>}</>);
  if (delivery_status === "failed")
    return told("bad", "Not delivered", delivery_error ? answered : when);
  if (delivery_status === "cancelled") return told("neutral", "Not sent", "cancelled");
  if (delivery_status === "queued") {
    const last = delivery_error && <>last attempt: {answered}</>;
    return isWaiting(person) ? told("accent", "Queued", last) : told("neutral", "Not sent", null);
  }
  return <span className="soft">–</span>;
}

function told(tone: Tone, name: string, more: ReactNode) {
  return (
    <>
      <Badge tone={tone}>{name}</Badge>
      {more && <span className={styles.second}>{more}</span>}
    </>
  );
}

const EVENTS: Record<string, string> = {
  invited: "Invited",
  not_delivered: "Not delivered",
  asked_for_code: "Asked for a code",
  expired: "Expired",
  revoked: "Revoked",
  joined: "Joined",
  completed: "Completed",
  withdrew: "Withdrew",
  reviewed: "Reviewed",
  decided: "Decided",
};

/** What happened to somebody last, in a word or two. */
export const eventName = (event: string): string => EVENTS[event] ?? event;
