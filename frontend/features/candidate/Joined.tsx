"use client";

import { Badge } from "@/ui/Badge";
import { Notice } from "@/ui/Notice";
import { Moment } from "@/ui/Time";
import { useParams } from "@/ui/useParams";
import { Answering, type AnsweringProps } from "./answering/Answering";
import { Receipt } from "./answering/Receipt";
import styles from "./Joined.module.css";

/** An interview as it looks to those who answer it; the store around it says where answers go. */
export function Joined(props: AnsweringProps) {
  const { param } = useParams();
  const { status, interview, phase, completed_at } = props.participation;
  const active = status === "active";
  // A step has the page to itself.
  const inStep = active && (param("question") || param("step"));
  return (
    <article className="stack">
      <header className="stack">
        <h1 dir="auto">{interview.title}</h1>
        {!inStep && (
          <p className={styles.facts}>
            {active && phase !== "over" && <Badge tone="accent">Active</Badge>}
            {active && phase === "over" && <Badge tone="warn">Closed</Badge>}
            {status === "completed" && <Badge tone="good">Completed</Badge>}
            {status === "withdrawn" && <Badge>Withdrawn</Badge>}
            {completed_at && (
              <span>
                Finished on <Moment at={completed_at} />
              </span>
            )}
            {active && interview.deadline && (
              <span>
                Until <Moment at={interview.deadline} />
              </span>
            )}
          </p>
        )}
        {interview.description && !inStep && (
          <p className={`lead prewrap ${styles.description}`} dir="auto">
            {interview.description}
          </p>
        )}
      </header>
      {status === "withdrawn" && (
        <Notice title="You have withdrawn from this interview.">
          Its questions are no longer shown. To rejoin, you need a new invitation from the
          recruiter.
        </Notice>
      )}
      {status === "completed" && <Receipt {...props} />}
      {active && <Answering {...props} />}
    </article>
  );
}
