"use client";

import { type ReactNode, useId } from "react";
import { useRead } from "@/features/account/ServerAnswers";
import { useFresh } from "@/features/account/useFresh";
import { Address, WithAddresses } from "@/ui/Address";
import { Loaded } from "@/ui/Loaded";
import { Moment } from "@/ui/Time";
import { type Happening, timelineRead } from "../candidates/reads";
import styles from "./TimelineSection.module.css";

interface TimelineSectionProps {
  interviewId: string;
  /** The participant's, or an invite's. */
  id: string;
}

/** What happened to a candidate, the first first. */
export function TimelineSection({ interviewId, id }: TimelineSectionProps) {
  const answer = useRead(timelineRead(interviewId, id));
  // The last thing on the page: it can grow without moving another.
  useFresh(interviewId, () => void answer.mutate());
  const heading = useId();
  return (
    <section className={styles.section} aria-labelledby={heading}>
      <h2 id={heading}>Timeline</h2>
      <Loaded answer={answer} of="the timeline" shape="line">
        {(happenings) => (
          <div className="card">
            <ol className={styles.list}>
              {happenings.map((happening, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two may come at one moment
                <li key={at}>
                  <span className={styles.when}>
                    <Moment at={happening.at} />
                  </span>
                  <div>
                    <Told {...happening} />
                  </div>
                </li>
              ))}
            </ol>
          </div>
        )}
      </Loaded>
      <p className="soft small">Of several emails and reminders, only the last is shown.</p>
    </section>
  );
}

const TITLES: Record<string, string> = {
  invited: "Invited",
  mailed: "The mail server accepted the email",
  not_delivered: "The email was not delivered",
  reminded: "Reminded",
  asked_for_code: "Asked for a new code",
  revoked: "The invitation was revoked",
  expired: "The invitation expired",
  joined: "Joined",
  response: "Answered",
  completed: "Completed the interview",
  responses_deleted: "Deleted answers",
  responses_expired: "Answers were deleted: the time was over for which they are kept",
  withdrew: "Withdrew",
  reviewed: "Reviewed",
  decided: "Decided",
};

const DECISIONS: Record<string, string> = {
  advance: "to advance",
  hold: "to hold",
  decline: "to decline",
};

function Told({ event, person, detail }: Happening) {
  return (
    <>
      <p className={styles.event}>
        {TITLES[event] ?? event}
        {event === "decided" && detail && ` ${DECISIONS[detail] ?? detail}`}
        {event === "reviewed" && person && (
          <>
            {" "}
            by <bdi>{person}</bdi>
          </>
        )}
      </p>
      {detailOf(event, person, detail)}
    </>
  );
}

function detailOf(event: string, person: string | null, detail: string | null): ReactNode {
  if (event === "invited" && detail) {
    return (
      <p className="soft small">
        <Address>{detail}</Address>
        {person && (
          <>
            , signed by <bdi>{person}</bdi>
          </>
        )}
      </p>
    );
  }
  if (event === "not_delivered" && detail) {
    return (
      <p className="soft small">
        <WithAddresses>{detail}</WithAddresses>
      </p>
    );
  }
  if (event === "response" && detail) {
    return (
      <p className="soft small" dir="auto">
        {detail}
      </p>
    );
  }
  return null;
}
