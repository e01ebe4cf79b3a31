"use client";

import { useEffect, useRef, useState } from "react";
import { settingsTold } from "@/lib/questionSettings";
import { Button } from "@/ui/Button";
import { QuestionSettingsFields } from "../QuestionSettingsFields";
import styles from "../Questions.module.css";
import { MoveButtons, useReorder } from "../Reorder";
import { type DraftQuestion, question as newQuestion } from "./draft";

// What the database takes.
const LONGEST = 100_000;

/** What is wrong with a question; empty when nothing is. */
export function questionFault(text: string): string {
  if (!text.trim()) return "Write this question, or remove it.";
  return text.length > LONGEST ? "A question can have at most 100,000 characters." : "";
}

interface DraftQuestionsProps {
  questions: DraftQuestion[];
  onChange: (questions: DraftQuestion[]) => void;
  /** Whether faults are shown yet. */
  checked: boolean;
}

/** The questions of an interview that does not exist yet: written, moved and removed in place. */
export function DraftQuestions({ questions, onChange, checked }: DraftQuestionsProps) {
  const [removed, setRemoved] = useState<{ index: number; question: DraftQuestion } | null>(null);
  const [added, setAdded] = useState<{ id: number } | null>(null);
  const adding = useRef<HTMLDivElement>(null);
  const { list, announcement, move, onKeyDown } = useReorder(questions.length, (from, to) => {
    onChange(moved(questions, from, to));
  });

  useEffect(() => {
    if (added) list.current?.querySelector<HTMLElement>(`#question-${added.id}`)?.focus();
  }, [added, list]);

  const add = () => {
    // As the one before: who has changed that hardly wants to do so for each.
    const question = newQuestion("", questions.at(-1)?.settings);
    onChange([...questions, question]);
    setAdded({ id: question.id });
  };
  const change = (id: number, changed: Partial<DraftQuestion>) =>
    onChange(questions.map((old) => (old.id === id ? { ...old, ...changed } : old)));
  const remove = (index: number) => {
    const question = questions[index];
    if (!question) return;
    onChange(questions.filter(({ id }) => id !== question.id));
    setRemoved(question.text.trim() ? { index, question } : null);
    adding.current?.querySelector("button")?.focus();
  };
  const undo = () => {
    if (!removed) return;
    onChange(questions.toSpliced(removed.index, 0, removed.question));
    setRemoved(null);
    setAdded({ id: removed.question.id });
  };

  return (
    <fieldset className="stack">
      <legend className={styles.legend}>Questions</legend>
      <p className="soft small">
        {questions.length === 0
          ? "No questions yet. Candidates see them in this order after joining. You can also add them later."
          : "Change the order with the arrows, or with Alt and an arrow key while you type."}
      </p>
      {questions.length > 0 && (
        <ol className={styles.list} ref={list}>
          {questions.map(({ id, text, settings }, index) => {
            const fault = checked ? questionFault(text) : "";
            return (
              <li key={id} className={styles.item}>
                <span className={styles.place} aria-hidden="true">
                  {index + 1}
                </span>
                <textarea
                  id={`question-${id}`}
                  className={styles.input}
                  dir="auto"
                  aria-label={`Question ${index + 1}`}
                  aria-invalid={fault ? true : undefined}
                  aria-describedby={fault ? `question-${id}-fault` : undefined}
                  value={text}
                  rows={2}
                  onKeyDown={(event) => onKeyDown(event, index)}
                  onChange={(event) => change(id, { text: event.target.value })}
                />
                <div className={styles.tools}>
                  <MoveButtons index={index} length={questions.length} onMove={move} />
                  <Button
                    variant="quiet"
                    small
                    aria-label={`Remove question ${index + 1}`}
                    onClick={() => remove(index)}
                  >
                    Remove
                  </Button>
                </div>
                <details className={styles.settings}>
                  <summary>
                    <span className="unseen">Question {index + 1}: </span>
                    {settingsTold(settings)}
                  </summary>
                  <QuestionSettingsFields
                    settings={settings}
                    onChange={(changed) => change(id, { settings: changed })}
                  />
                </details>
                {fault && (
                  <span id={`question-${id}-fault`} className={styles.error}>
                    {fault}
                  </span>
                )}
              </li>
            );
          })}
        </ol>
      )}
      {announcement}
      <div className="row" ref={adding}>
        <Button variant="secondary" onClick={add}>
          Add a question
        </Button>
        {removed && (
          <span className="soft small" role="status">
            Question removed.{" "}
            <Button variant="quiet" small onClick={undo}>
              Undo
            </Button>
          </span>
        )}
      </div>
    </fieldset>
  );
}

/** The list with one of it at another place. */
export function moved<T>(list: T[], from: number, to: number): T[] {
  const rest = list.toSpliced(from, 1);
  return rest.toSpliced(to, 0, ...list.slice(from, from + 1));
}
