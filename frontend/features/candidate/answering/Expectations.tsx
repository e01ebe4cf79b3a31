"use client";

import { kindsOf, secondsFor } from "@/lib/answers";
import { count, plural } from "@/lib/format";
import { type Kind, length } from "@/lib/recording";
import type { JoinedInterview } from "../participations";
import styles from "./Expectations.module.css";

const WAYS: Record<Kind, string> = {
  video: "record a video",
  audio: "record your voice",
  text: "write",
};

/** What comes, before anything is asked of anybody. */
export function Expectations({
  questions,
  participation,
  accommodation,
  settings,
}: JoinedInterview) {
  const kinds = kindsOf(participation.interview.response_kinds);
  const total = questions.reduce((sum, asked) => sum + secondsFor(asked, accommodation), 0);
  const ways = kinds.map((kind) => WAYS[kind]);
  const last = ways.pop();
  const records = kinds.some((kind) => kind !== "text");
  return (
    <section className={`card ${styles.card}`} aria-labelledby="expectations">
      <h2 id="expectations">What to expect</h2>
      <ul className={styles.list}>
        <li>
          <strong>{plural(questions.length, "question")}</strong>, one at a time
          {records && <>, {length(total)} of answers at most</>}. You needn’t use all the time, and
          you can take a break between questions.
        </li>
        <li>
          You can {ways.length > 0 && `${ways.join(", ")} or `}
          {last}.
          {records &&
            " Look at each recording before you send it. Only recordings that you send count as takes; the last one counts."}
        </li>
        <li>
          Nobody sees your answers before you submit. Then the recruiter of this interview and the
          people who decide with them can.
        </li>
        <li>
          Your answers are deleted {count(settings.kept_for_days)} days after you submit, or earlier
          if you delete them here.
        </li>
        {records && !kinds.includes("text") && (
          <li>
            If you can’t or don’t want to be recorded, ask the recruiter for another way to answer.
            Just reply to your invitation.
          </li>
        )}
      </ul>
    </section>
  );
}
