"use client";

import { useMemo, useState } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { isAwaited, problemTold } from "@/lib/analysis";
import { draftKey, readDraft, writeDraft } from "@/lib/drafts";
import { wordsIn } from "@/lib/transcript";
import { Button } from "@/ui/Button";
import { TextArea } from "@/ui/Field";
import { Notice } from "@/ui/Notice";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { useToast } from "@/ui/Toast";
import { useAction } from "@/ui/useAction";
import { useHydrated } from "@/ui/useHydrated";
import { Words, WordsLegend } from "@/ui/Words";
import type { OwnAnalysis, OwnResponse } from "../participations";
import { useAnswerStore } from "./answerStore";
import styles from "./OwnAnswer.module.css";

interface OwnTranscriptProps {
  take: OwnResponse;
  number: number;
  refresh: () => Promise<unknown>;
}

/** What software has written down of one's answer, and what one says about it. */
export function OwnTranscript({ take, number, refresh }: OwnTranscriptProps) {
  const hydrated = useHydrated();
  const transcript = take.analyses.find(({ step }) => step === "transcript");
  const words = useMemo(() => wordsIn(transcript?.words), [transcript]);
  if (!transcript) return null;
  if (isAwaited(transcript)) {
    return <p className="soft small">What you said here is yet to be written down by software.</p>;
  }
  const problem = problemTold(transcript);
  return (
    <details className={styles.written}>
      <summary aria-label={`Transcript of your answer to question ${number}`}>Transcript</summary>
      <div className="stack">
        {problem ? (
          <p className="soft">{problem}</p>
        ) : (
          <>
            <p className="prewrap" dir="auto">
              {words.length > 0 ? <Words words={words} /> : transcript.transcript}
            </p>
            <WordsLegend />
          </>
        )}
        <Note
          // Drawn again once the browser can tell what it has kept.
          key={String(hydrated)}
          hydrated={hydrated}
          responseId={take.id}
          saved={transcript.correction ?? ""}
          refresh={refresh}
        />
      </div>
    </details>
  );
}

interface NoteProps {
  hydrated: boolean;
  responseId: string;
  saved: NonNullable<OwnAnalysis["correction"]>;
  refresh: () => Promise<unknown>;
}

const MOST = 5000;

/** One's own note on a transcript. What is entered is kept in this browser until it is saved. */
function Note({ hydrated, responseId, saved, refresh }: NoteProps) {
  const { account } = useSignedIn();
  const store = useAnswerStore();
  const toast = useToast();
  const { run, busy, refusal } = useAction();
  const draft = draftKey(account.id, `correction:${responseId}`);
  const [text, setText] = useState(() => (hydrated && readDraft(draft)) || saved);
  // What the text was begun on, and what somebody has saved elsewhere since.
  const [seen, setSeen] = useState(saved);
  const [theirs, setTheirs] = useState<string | null>(null);

  const change = (entered: string) => {
    setText(entered);
    writeDraft(draft, entered === seen ? null : entered);
  };
  const save = () =>
    run(async () => {
      const note = text.trim();
      const other = await store.correct(responseId, note, seen);
      setTheirs(other);
      if (other !== null) return;
      setSeen(note);
      setText(note);
      writeDraft(draft, null);
      await refresh();
      toast("Note saved.");
    });
  const choose = (mine: boolean) => {
    setSeen(theirs ?? "");
    if (!mine) {
      setText(theirs ?? "");
      writeDraft(draft, null);
    }
    setTheirs(null);
  };
  return (
    <div className="stack" inert={!hydrated}>
      <TextArea
        label="Your note on it"
        optional
        hint="What did it get wrong? Those who judge your answers read your note beside the transcript."
        rows={3}
        maxLength={MOST}
        value={text}
        onChange={(event) => change(event.target.value)}
      />
      {theirs !== null && (
        <Notice
          tone="bad"
          title="Your note was saved elsewhere in the meantime."
          actions={
            <>
              <Button variant="secondary" small onClick={() => choose(false)}>
                Use the saved version
              </Button>
              <Button variant="secondary" small onClick={() => choose(true)}>
                Keep what is here
              </Button>
            </>
          }
        >
          {theirs ? (
            <q className="prewrap" dir="auto">
              {theirs}
            </q>
          ) : (
            "It is empty there."
          )}
        </Notice>
      )}
      {refusal && <ProblemNotice problem={refusal} onRetry={save} />}
      <div>
        <Button variant="secondary" small busy={busy} onClick={save}>
          Save the note
        </Button>
      </div>
    </div>
  );
}
