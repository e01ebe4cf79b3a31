"use client";

import { type FormEvent, useState } from "react";
import { kindsOf } from "@/lib/answers";
import { count } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Notice } from "@/ui/Notice";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { useAction } from "@/ui/useAction";
import { useParams } from "@/ui/useParams";
import styles from "./Agree.module.css";
import type { Answers } from "./Answering";
import { useAnswerStore } from "./answerStore";
import { PrivacyNotice } from "./PrivacyNotice";
import { useHeading } from "./useHeading";

/** What somebody agrees to before anything is recorded, and what else they can do. */
export function Agree({
  participation,
  settings,
  change,
  onAgreed,
}: Answers & { onAgreed: () => void }) {
  const store = useAnswerStore();
  const { push } = useParams();
  const { run, busy, refusal } = useAction();
  const [recording, setRecording] = useState(false);
  // Asked only where something follows from it.
  const analyses = participation.interview.analysis !== "off";
  const [ticked, setTicked] = useState(participation.consents_to_analysis);
  const analysis = analyses && ticked;
  const [asked, setAsked] = useState(false);
  const heading = useHeading();
  const writes = kindsOf(participation.interview.response_kinds).includes("text");

  const agree = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (!recording) return;
    void run(async () => {
      await store.setConsent({ recording, analysis, version: settings.consent.version });
      await change(({ participation }) => ({
        participation: {
          ...participation,
          consents_to_recording: true,
          consents_to_analysis: analysis,
        },
      }));
      onAgreed();
    });
  };
  return (
    <>
      <PrivacyNotice interview={participation.interview} />
      <form className="card stack" onSubmit={agree} noValidate>
        <h2 {...heading}>Before you record</h2>
        <p>
          Your answers are kept for {count(settings.kept_for_days)} days after you submit, then they
          are deleted.
        </p>
        <label className={styles.choice}>
          <input
            type="checkbox"
            checked={recording}
            required
            aria-invalid={(asked && !recording) || undefined}
            onChange={(event) => setRecording(event.target.checked)}
          />
          <span>{settings.consent.recording}</span>
        </label>
        {analyses && (
          <label className={styles.choice}>
            <input
              type="checkbox"
              checked={analysis}
              onChange={(event) => setTicked(event.target.checked)}
            />
            <span>
              {settings.consent.analysis} <span className="soft">(optional)</span>
            </span>
          </label>
        )}
        {asked && !recording && (
          <Notice tone="bad" title="Recording needs your consent first.">
            Tick the first box to go on.
          </Notice>
        )}
        {refusal && <ProblemNotice problem={refusal} onRetry={() => setAsked(false)} />}
        <div className="row">
          <Button type="submit" busy={busy}>
            Agree and go on
          </Button>
          {writes && (
            <Button
              variant="secondary"
              onClick={() => push({ step: null, question: "1", as: "text" })}
            >
              Answer in writing instead
            </Button>
          )}
        </div>
        {!writes && (
          <p className="soft small">
            You don’t want to be recorded? Ask the recruiter for another way to answer: reply to
            your invitation.
          </p>
        )}
      </form>
    </>
  );
}
