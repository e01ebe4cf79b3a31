"use client";

import { type MouseEvent, useEffect, useId, useRef, useState } from "react";
import { readDraft, useDraft, writeDraft } from "@/lib/drafts";
import { KIND_NAMES } from "@/lib/questionSettings";
import { type Answer, placeIn } from "@/lib/responses";
import { watchedIn, watchedKey, withWatched } from "@/lib/watched";
import { Badge } from "@/ui/Badge";
import { Checkbox } from "@/ui/Field";
import { Moment } from "@/ui/Time";
import { useParams } from "@/ui/useParams";
import { Player, type Speed } from "./Player";
import styles from "./RecruiterCandidatePage.module.css";
import type { Response } from "./reads";

// Single letters can be in the way of speech input (WCAG 2.1.4), so they can be turned off.
const KEYS_OFF = "hirevision:keys-off";

interface AnswersProps {
  answers: Answer<Response>[];
  accountId: string;
}

/** All questions with what was answered, one of them open. */
export function Answers({ answers, accountId }: AnswersProps) {
  const { param, replace } = useParams();
  const place = placeIn(param("question"), answers.length);
  const [speed, setSpeed] = useState<Speed>(1);
  const { watched, watch } = useWatched(accountId);
  const keysOff = useDraft(KEYS_OFF) !== null;
  const panel = useRef<HTMLElement>(null);
  const [moved, setMoved] = useState(0);

  const go = (to: number) => {
    if (to < 0 || to >= answers.length || to === place) return;
    replace({ question: String(to + 1) });
    setMoved((times) => times + 1);
  };
  useKeys(!keysOff, { j: () => go(place + 1), k: () => go(place - 1) });
  // To what can be done there: the button that plays it, or the question itself.
  useEffect(() => {
    if (moved === 0) return;
    const { current } = panel;
    (current?.querySelector<HTMLElement>("[data-play]") ?? current?.querySelector("h2"))?.focus();
  }, [moved]);

  const open = answers[place];
  if (!open) return <p className="soft">This interview has no questions.</p>;
  const linkTo = (to: number) => ({
    href: `?question=${to + 1}`,
    onClick: (event: MouseEvent) => {
      // In another tab, where that is wanted.
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      go(to);
    },
  });
  return (
    <div className={styles.answers}>
      <nav className={styles.list} aria-label="Questions">
        <ol>
          {answers.map((answer, at) => (
            <li key={answer.questionId}>
              <a
                {...linkTo(at)}
                className={styles.entry}
                aria-current={at === place ? "true" : undefined}
              >
                <span className={styles.place}>{at + 1}</span>
                <span className={styles.clamped} dir="auto">
                  {answer.question}
                </span>
                <State response={answer.response} watched={watched} />
              </a>
            </li>
          ))}
        </ol>
        <p className="soft small">
          “Not watched yet” means: not by you in this browser. The candidate isn’t told who watches.
        </p>
      </nav>
      <section className={`card ${styles.panel}`} ref={panel} aria-label="Answer">
        <One
          key={open.questionId}
          answer={open}
          place={place}
          of={answers.length}
          speed={speed}
          onSpeed={setSpeed}
          onWatched={watch}
        />
        <div className={styles.turn}>
          {place > 0 && (
            <a {...linkTo(place - 1)} rel="prev">
              Previous question
            </a>
          )}
          {place < answers.length - 1 && (
            <a {...linkTo(place + 1)} rel="next" className={styles.next}>
              Next question
            </a>
          )}
        </div>
        <Checkbox
          label={
            <span className="soft small">
              Keys: <kbd>J</kbd> for the next question, <kbd>K</kbd> for the previous one
            </span>
          }
          checked={!keysOff}
          onChange={(event) => writeDraft(KEYS_OFF, event.target.checked ? null : "off")}
        />
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
  place: number;
  of: number;
  speed: Speed;
  onSpeed: (speed: Speed) => void;
  onWatched: (id: string) => void;
}

/** One question, and the answer as text or in a player. */
function One({ answer, place, of, speed, onSpeed, onWatched }: OneProps) {
  const { question, now, response } = answer;
  const heading = useId();
  // A text is read where it is shown.
  const read = response?.kind === "text" ? response.id : null;
  useEffect(() => {
    if (read) onWatched(read);
  }, [read, onWatched]);
  return (
    <>
      <div>
        <p className="soft small">
          Question {place + 1} of {of}
        </p>
        <h2 id={heading} className={`prewrap ${styles.question}`} dir="auto" tabIndex={-1}>
          {question}
        </h2>
      </div>
      {now !== null && (
        <p className="soft small">
          This is how it was asked. It has been reworded since:{" "}
          <q className="prewrap" dir="auto">
            {now}
          </q>
        </p>
      )}
      {response === null && <p className={styles.missing}>Not answered</p>}
      {response && (
        <p className={styles.facts}>
          <span>{KIND_NAMES[response.kind]}</span>
          {response.kind !== "text" && <span>Take {response.take}</span>}
          {response.uploaded_at && (
            <span>
              {response.kind === "text" ? "Written" : "Recorded"}{" "}
              <Moment at={response.uploaded_at} />
            </span>
          )}
        </p>
      )}
      {response?.kind === "text" && (
        <p className="prewrap" dir="auto">
          {response.answer}
        </p>
      )}
      {response && response.kind !== "text" && (
        <Player
          response={response}
          speed={speed}
          onSpeed={onSpeed}
          onPlayed={() => onWatched(response.id)}
          describedBy={heading}
        />
      )}
    </>
  );
}

/** What this account has watched in this browser. */
function useWatched(accountId: string) {
  const key = watchedKey(accountId);
  const kept = useDraft(key);
  const [watch] = useState(() => (id: string) => {
    const before = readDraft(key);
    if (!watchedIn(before).has(id)) writeDraft(key, withWatched(before, id));
  });
  return { watched: watchedIn(kept), watch };
}

/** Runs what belongs to a key, but not while somebody types, nor behind a dialog. */
function useKeys(on: boolean, keys: Record<string, () => void>) {
  const current = useRef(keys);
  useEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    if (!on) return;
    const press = (event: KeyboardEvent) => {
      const { key, target, metaKey, ctrlKey, altKey, defaultPrevented } = event;
      if (metaKey || ctrlKey || altKey || defaultPrevented) return;
      if (!(target instanceof Element) || document.querySelector("dialog[open]")) return;
      if (target.closest("input:not([type=checkbox], [type=radio]), textarea, select")) return;
      current.current[key.toLowerCase()]?.();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [on]);
}
