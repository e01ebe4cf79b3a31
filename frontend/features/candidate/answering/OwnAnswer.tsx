"use client";

import { useState } from "react";
import { Button } from "@/ui/Button";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { useAction } from "@/ui/useAction";
import type { OwnResponse } from "../participations";
import { useAnswerStore } from "./answerStore";
import styles from "./OwnAnswer.module.css";

/** One's own answer: read it, watch it, download it. */
export function OwnAnswer({ take, number }: { take: OwnResponse; number: number }) {
  const store = useAnswerStore();
  const { run, busy, refusal } = useAction();
  const [url, setUrl] = useState<string | null>(null);
  if (take.kind === "text") {
    return (
      <details className={styles.written}>
        <summary>Read your answer</summary>
        <p className="prewrap" dir="auto">
          {take.answer}
        </p>
      </details>
    );
  }
  const extension = take.mime_type?.split("/")[1] ?? "webm";
  const watch = () => run(async () => setUrl(await store.linkTo(take.id)));
  const save = () =>
    run(async () => {
      const anchor = document.createElement("a");
      anchor.download = `answer-${number}.${extension}`;
      anchor.href = await store.linkTo(take.id, anchor.download);
      anchor.click();
    });
  return (
    <>
      {!url && (
        <Button
          variant="quiet"
          small
          busy={busy}
          aria-label={`Watch your answer to question ${number}`}
          onClick={watch}
        >
          {take.kind === "video" ? "Watch" : "Listen"}
        </Button>
      )}
      <Button
        variant="quiet"
        small
        busy={busy}
        aria-label={`Download your answer to question ${number}`}
        onClick={save}
      >
        Download
      </Button>
      {url && take.kind === "video" && (
        // biome-ignore lint/a11y/useMediaCaption: nobody has written down what they said
        <video className={styles.player} src={url} controls autoPlay playsInline />
      )}
      {url && take.kind === "audio" && (
        // biome-ignore lint/a11y/useMediaCaption: nobody has written down what they said
        <audio className={styles.player} src={url} controls autoPlay />
      )}
      {refusal && <ProblemNotice problem={refusal} />}
    </>
  );
}
