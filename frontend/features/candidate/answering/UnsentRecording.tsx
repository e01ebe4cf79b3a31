"use client";

import { useEffect, useRef, useState } from "react";
import { plural } from "@/lib/format";
import { ENDINGS } from "@/lib/recorder";
import { length, megabytes } from "@/lib/recording";
import { recordingProblem } from "@/lib/recordingProblems";
import { Button } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Notice } from "@/ui/Notice";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { useToast } from "@/ui/Toast";
import { useDialog } from "@/ui/useDialog";
import { Player } from "./Player";
import styles from "./QuestionStep.module.css";
import type { Recording, Recordings } from "./recordings";

interface UnsentRecordingProps {
  recording: Recording;
  recordings: Recordings;
  onDone: () => void;
  /** No other question is open. */
  last: boolean;
  mayRecord: boolean;
}

/** What is on this device alone: watch it, send it, throw it away; and how far it is. */
export function UnsentRecording({
  recording,
  recordings,
  onDone,
  last,
  mayRecord,
}: UnsentRecordingProps) {
  const { id, progress, problem, takesLeft, found } = recording;
  const [file, setFile] = useState<Blob | null>(null);
  const { about: asking, open: ask, close } = useDialog("throw-away");
  const toast = useToast();
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let over = false;
    void recordings.file(id).then((made) => over || setFile(made.file));
    return () => {
      over = true;
    };
  }, [recordings, id]);
  // The button that had the focus is gone.
  useEffect(() => top.current?.focus(), []);

  const use = () => {
    void recordings.use(id);
    toast("Sending your answer. You can go on meanwhile.");
    onDone();
  };
  const seconds = length(recording.seconds);
  const ending = recording.ending && ENDINGS[recording.ending];
  const sent = progress === "sending" || progress === "waiting";
  const throwAway = mayRecord ? "Record again" : "Throw it away";
  return (
    <div className="stack" ref={top} tabIndex={-1}>
      {progress === "recorded" &&
        (found ? (
          <Notice tone="warn" title={`You recorded ${seconds}.`}>
            It was not sent before this page was closed. Watch it, then use it or throw it away.
          </Notice>
        ) : (
          <Notice tone={ending ? "warn" : "neutral"} title={`You recorded ${seconds}.`}>
            {ending ?? "Watch it, then use it or record again. Nothing has been sent yet."}
          </Notice>
        ))}
      {sent && (
        <div className="stack">
          <label className="stack">
            <span>
              {progress === "waiting"
                ? "The connection is gone. Sending goes on by itself once it is back."
                : `Sending: ${megabytes(recording.sentBytes)} of ${megabytes(recording.bytes)}. You can go on meanwhile.`}
            </span>
            <progress
              className={styles.time}
              max={recording.bytes || 1}
              value={recording.sentBytes}
            />
          </label>
        </div>
      )}
      {progress === "refused" && problem && (
        <ProblemNotice
          problem={recordingProblem(
            problem === "response_not_awaited" && !mayRecord ? "recording_too_late" : problem,
          )}
        />
      )}
      {file?.size !== 0 && <Player file={file} mimeType={recording.mimeType} label="Your answer" />}
      <div className="row">
        {progress === "recorded" && <Button onClick={use}>Use this answer</Button>}
        {progress === "refused" && problem !== "response_not_awaited" && (
          <Button onClick={() => void recordings.use(id)}>Try again</Button>
        )}
        {sent && <Button onClick={onDone}>{last ? "See all questions" : "Next question"}</Button>}
        {(!sent || mayRecord) && (
          <Button variant="secondary" onClick={() => ask()}>
            {throwAway}
          </Button>
        )}
        {progress === "recorded" && (
          <span className="soft small">
            {takesLeft > 0
              ? `If you use it, you have ${plural(takesLeft, "more take")}.`
              : "If you use it, it is your last take."}
          </span>
        )}
      </div>
      {asking !== null && (
        <ConfirmDialog
          title={mayRecord ? "Record again?" : "Throw this recording away?"}
          action={throwAway}
          danger
          onClose={close}
          onConfirm={() => recordings.throwAway(id)}
        >
          {mayRecord
            ? "This recording is thrown away. It doesn’t count as a take."
            : "It can’t be brought back, and you can’t record any more."}
        </ConfirmDialog>
      )}
    </div>
  );
}
