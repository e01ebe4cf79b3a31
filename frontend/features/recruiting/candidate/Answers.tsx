"use client";

import { useEffect, useId, useState } from "react";
import { readDraft, useDraft, writeDraft } from "@/lib/drafts";
import { type Answer, placeIn } from "@/lib/responses";
import { watchedIn, watchedKey, withWatched } from "@/lib/watched";
import { Badge } from "@/ui/Badge";
import { GivenAnswer } from "./GivenAnswer";
import { type Speed, SpeedChoice } from "./Player";
import { QuestionHeading, QuestionList, QuestionTurns } from "./Questions";
import styles from "./RecruiterCandidatePage.module.css";
import type { Response } from "./reads";
import { type Turns, useTurns } from "./useTurns";

interface AnswersProps {
  answers: Answer<Response>[];
  accountId: string;
}

/** All questions with what was answered, one of them open. */
export function Answers({ answers, accountId }: AnswersProps) {
  const turns = useTurns({
    names: answers.map((_, at) => String(at + 1)),
    placeOf: (question) => placeIn(question, answers.length),
    // To what can be done there: the button that plays it, or the question itself.
    focus: ["[data-play]", "h2"],
  });
  const [speed, setSpeed] = useState<Speed>(1);
  const { watched, watch } = useWatched(accountId);

  const open = answers[turns.place];
  if (!open) return <p className="soft">This interview has no questions.</p>;
  return (
    <div className={styles.answers}>
      <QuestionList
        turns={turns}
        questions={answers.map(({ questionId, question, response }) => ({
          id: questionId,
          question,
          state: <State response={response} watched={watched} />,
        }))}
      >
        <p className="soft small">
          “Not watched yet” means: not by you in this browser. The candidate isn’t told who watches.
        </p>
      </QuestionList>
      <section className={`card ${styles.panel}`} ref={turns.panel} aria-label="Answer">
        <One
          key={open.questionId}
          answer={open}
          turns={turns}
          questions={answers.map(({ questionId }) => questionId)}
          speed={speed}
          onSpeed={setSpeed}
          onWatched={watch}
        />
        <QuestionTurns turns={turns} />
      </section>
    </div>
  );
}

interface StateProps {
  response: Response | null;
  watched: Set<string>;
}

function State({ response, watched }: StateProps) {
  if (!response) return <Badge>Not answered</Badge>;
  const text = response.kind === "text";
  if (watched.has(response.id)) return <Badge tone="good">{text ? "Read" : "Watched"}</Badge>;
  return <Badge tone="accent">{text ? "Not read yet" : "Not watched yet"}</Badge>;
}

interface OneProps {
  answer: Answer<Response>;
  turns: Turns;
  /** The ids of all. */
  questions: string[];
  speed: Speed;
  onSpeed: (speed: Speed) => void;
  onWatched: (id: string) => void;
}

/** One question, and the answer as text or in a player. */
function One({ answer, turns, questions, speed, onSpeed, onWatched }: OneProps) {
  const { question, now, response } = answer;
  const heading = useId();
  // A text is read where it is shown.
  const read = response?.kind === "text" ? response.id : null;
  useEffect(() => {
    if (read) onWatched(read);
  }, [read, onWatched]);
  return (
    <>
      <QuestionHeading id={heading} turns={turns}>
        {question}
      </QuestionHeading>
      {now !== null && (
        <p className="soft small">
          This is how it was asked. It has been reworded since:{" "}
          <q className="prewrap" dir="auto">
            {now}
          </q>
        </p>
      )}
      <GivenAnswer
        response={response}
        speed={speed}
        onPlayed={onWatched}
        describedBy={heading}
        questions={questions}
        at={turns.at}
      >
        <SpeedChoice speed={speed} onSpeed={onSpeed} />
      </GivenAnswer>
    </>
  );
}

/** What this account has watched in this browser. */
export function useWatched(accountId: string) {
  const key = watchedKey(accountId);
  const kept = useDraft(key);
  const [watch] = useState(() => (id: string) => {
    const before = readDraft(key);
    if (!watchedIn(before).has(id)) writeDraft(key, withWatched(before, id));
  });
  return { watched: watchedIn(kept), watch };
}
