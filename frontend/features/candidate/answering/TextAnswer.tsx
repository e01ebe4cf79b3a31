"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { WRITTEN } from "@/features/account/unsent";
import { currentTake } from "@/lib/answers";
import { draftKey } from "@/lib/drafts";
import { type Problem, problemOf } from "@/lib/errors";
import { clockIn, count } from "@/lib/format";
import { Button } from "@/ui/Button";
import { TextArea } from "@/ui/Field";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { useAction } from "@/ui/useAction";
import type { Question } from "../participations";
import type { Answers } from "./Answering";
import { useAnswerStore } from "./answerStore";
import { useLeaveQuestion } from "./useLeaveQuestion";

interface TextAnswerProps extends Answers {
  question: Question;
  onDone: () => void;
  last: boolean;
}

const PAUSE_MS = 1000;
const MOST = 20_000;

/** An answer in writing, saved while it is written. */
export function TextAnswer({
  question,
  responses,
  participation,
  refresh,
  onDone,
  last,
}: TextAnswerProps) {
  const { account } = useSignedIn();
  const store = useAnswerStore();
  const take = currentTake(question.id, responses);
  const saved = take?.kind === "text" ? (take.answer ?? "") : "";
  // What did not get through before the page was closed.
  const draft = draftKey(account.id, `${WRITTEN}:${question.id}`);
  const [text, setText] = useState(() => store.readDraft(draft) ?? saved);
  const { save, state, problem } = useSaving(question.id, draft, saved);
  const open = participation.phase === "open";
  useLeaveQuestion(state !== "saved" && state !== "untouched");

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens
  useEffect(() => {
    if (store.readDraft(draft) !== null) void save(text, 0);
  }, []);
  const { run, busy } = useAction();
  const done = () =>
    run(async () => {
      if (!(await save(text, 0))) return;
      await refresh();
      onDone();
    });
  return (
    <div className="stack">
      <TextArea
        label="Your answer"
        rows={10}
        maxLength={MOST}
        value={text}
        readOnly={!open}
        onChange={(event) => {
          setText(event.target.value);
          void save(event.target.value, PAUSE_MS);
        }}
        onBlur={() => text !== saved && void save(text, 0)}
      />
      <p className="soft small" role="status">
        {SAID[state]}
        {state === "saved" && (
          <>
            {" "}
            at <bdi>{clockIn(0)}</bdi>
          </>
        )}
        {text.length > MOST * 0.9 && ` ${count(MOST - text.length)} characters left.`}
      </p>
      {problem && (
        <ProblemNotice
          problem={problem}
          onRetry={() => void save(text, 0)}
          actions={
            problem.slug === "response_exists" && (
              <Button variant="secondary" small onClick={() => void save(text, 0, true)}>
                Replace my recording with this text
              </Button>
            )
          }
        />
      )}
      {open && (
        <div>
          <Button busy={busy} onClick={done}>
            {last ? "Save and see all questions" : "Save and go on"}
          </Button>
        </div>
      )}
    </div>
  );
}

type SavingState = "untouched" | "unsaved" | "saving" | "saved";

const SAID: Record<SavingState, string> = {
  untouched: "",
  unsaved: "Not saved yet",
  saving: "Saving …",
  saved: "Saved",
};

function useSaving(questionId: string, draft: string, known: string) {
  const store = useAnswerStore();
  const [state, setState] = useState<SavingState>("untouched");
  const [problem, setProblem] = useState<Problem | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const waiting = useRef<string | null>(null);
  const last = useRef(known);
  const running = useRef<Promise<unknown>>(Promise.resolve());
  const replacing = useRef(false);

  const write = useCallback(
    async (text: string): Promise<boolean> => {
      if (text === last.current) {
        store.writeDraft(draft, null);
        setState("saved");
        return true;
      }
      setState("saving");
      try {
        await store.write(questionId, text, replacing.current);
        last.current = text;
        if (store.readDraft(draft) === text) store.writeDraft(draft, null);
        setProblem(null);
        setState("saved");
        return true;
      } catch (error) {
        setProblem(problemOf(error));
        setState("unsaved");
        return false;
      }
    },
    [store, questionId, draft],
  );
  /** Saves after a pause, one after the other; whether it is saved. */
  const save = useCallback(
    (text: string, pause: number, replace = false): Promise<boolean> => {
      clearTimeout(timer.current);
      store.writeDraft(draft, text);
      setState("unsaved");
      if (replace) replacing.current = true;
      waiting.current = text;
      return new Promise((resolve) => {
        timer.current = setTimeout(() => {
          waiting.current = null;
          const next = running.current.then(() => write(text));
          running.current = next;
          void next.then(resolve);
        }, pause);
      });
    },
    [store, draft, write],
  );
  // What is left unsaved is saved on leaving.
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      if (waiting.current !== null) void write(waiting.current);
    },
    [write],
  );
  return { save, state, problem };
}
