"use client";

import { Button } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Notice } from "@/ui/Notice";
import { Moment } from "@/ui/Time";
import { useToast } from "@/ui/Toast";
import { useDialog } from "@/ui/useDialog";
import type { JoinedInterview } from "../participations";
import { useAnswerStore } from "./answerStore";
import styles from "./MyData.module.css";

interface MyDataProps extends JoinedInterview {
  refresh: () => Promise<unknown>;
  /** What is on this device goes too. */
  onDeleted: () => Promise<void>;
}

/** What somebody agreed to, and how to take it back. */
export function MyData({ participation, responses, refresh, onDeleted }: MyDataProps) {
  const store = useAnswerStore();
  const toast = useToast();
  const { about: asking, open: ask, close } = useDialog("delete-answers");
  const silencing = useDialog("no-transcripts");
  const {
    consents_to_recording,
    consents_to_analysis,
    consent_version,
    responses_deleted_at,
    responses_expired_at,
  } = participation;
  const has = responses.some(({ status }) => status !== "discarded");

  const remove = async () => {
    await store.deleteResponses();
    await onDeleted();
    await refresh();
    toast("Your answers are deleted.");
  };
  const withdrawAnalysis = async () => {
    await store.setConsent({
      recording: true,
      analysis: false,
      // What they agreed to; a newer text was not shown to them.
      ...(consent_version !== null && { version: consent_version }),
    });
    await refresh();
    toast("Software no longer writes down what you say.");
  };

  const deleted = responses_deleted_at ?? responses_expired_at;
  if (!has && !consents_to_recording) {
    return deleted ? (
      <Notice
        title={responses_deleted_at ? "You deleted your answers." : "Your answers were deleted."}
      >
        <Moment at={deleted} />
      </Notice>
    ) : null;
  }
  return (
    <>
      <details className={styles.details}>
        <summary>My data</summary>
        <div className="stack">
          <p>
            {consents_to_recording
              ? "You agreed that your answers are recorded."
              : "You have not agreed to being recorded."}{" "}
            {consents_to_analysis && "You also agreed that software writes down what you say."} You
            can watch and download each answer with its question. Deleting them also withdraws your
            consent; used takes don’t come back.
          </p>
          <div className="row">
            {consents_to_analysis && (
              <Button variant="secondary" small onClick={() => silencing.open()}>
                No longer let software write down what I say
              </Button>
            )}
            <Button variant="secondary" small onClick={() => ask()}>
              Delete my answers
            </Button>
          </div>
        </div>
      </details>
      {silencing.about !== null && (
        <ConfirmDialog
          title="No longer let software write down what you say?"
          action="Stop and delete"
          danger
          onClose={silencing.close}
          onConfirm={withdrawAnalysis}
        >
          What it has written down of your answers is deleted, with your notes on it. Your
          recordings stay, and people watch them as before.
        </ConfirmDialog>
      )}
      {asking !== null && (
        <ConfirmDialog
          title="Delete your answers?"
          action="Delete"
          danger
          onClose={close}
          onConfirm={remove}
        >
          All your answers in this interview are deleted, also those that are only on this device.
          The recruiter sees that you deleted them. You can’t undo this.
        </ConfirmDialog>
      )}
    </>
  );
}
