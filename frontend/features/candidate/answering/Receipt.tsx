"use client";

import { currentTake, deletedOn } from "@/lib/answers";
import { plural } from "@/lib/format";
import { Notice } from "@/ui/Notice";
import { Day, Moment } from "@/ui/Time";
import type { JoinedInterview } from "../participations";
import { MyData } from "./MyData";
import { OwnAnswer } from "./OwnAnswer";
import { OwnTranscript } from "./OwnTranscript";
import styles from "./QuestionCard.module.css";

/** After submitting: what was submitted, until when it is kept, and one's own answers. */
export function Receipt(props: JoinedInterview & { refresh: () => Promise<unknown> }) {
  const { participation, questions, responses, settings, refresh } = props;
  const { completed_at } = participation;
  const answered = questions.filter(({ id }) => currentTake(id, responses)).length;
  return (
    <>
      {completed_at && answered > 0 && (
        <Notice tone="good" title="Your answers are submitted.">
          {plural(answered, "answer")}, on <Moment at={completed_at} />. The recruiter can see them
          now; you need do nothing more. They are deleted on{" "}
          <Day at={deletedOn(completed_at, settings.kept_for_days)} />.
        </Notice>
      )}
      <section className="stack" aria-labelledby="questions">
        <h2 id="questions">
          {questions.length === 1 ? "One question" : `${questions.length} questions`}
        </h2>
        <ol className="stack">
          {questions.map((question, index) => {
            const take = currentTake(question.id, responses);
            return (
              <li key={question.id} className={styles.question}>
                <span className={styles.number} aria-hidden="true">
                  {index + 1}
                </span>
                <div className={styles.content}>
                  <p className={`prewrap ${styles.text}`} dir="auto">
                    {question.question}
                  </p>
                  {take && (
                    <div className={styles.foot}>
                      <OwnAnswer take={take} number={index + 1} />
                      <OwnTranscript take={take} number={index + 1} refresh={refresh} />
                    </div>
                  )}
                </div>
              </li>
            );
          })}
        </ol>
      </section>
      <MyData {...props} onDeleted={async () => {}} />
    </>
  );
}
