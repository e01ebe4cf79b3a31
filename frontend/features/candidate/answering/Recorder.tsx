"use client";

import { useEffect, useState } from "react";
import { plural } from "@/lib/format";
import { isBusy } from "@/lib/recorder";
import { clock, length } from "@/lib/recording";
import { recordingProblem } from "@/lib/recordingProblems";
import { Button } from "@/ui/Button";
import { ProblemNotice } from "@/ui/ProblemNotice";
import type { Question } from "../participations";
import type { Answers } from "./Answering";
import styles from "./QuestionStep.module.css";
import { Stage } from "./Stage";
import { useDevices } from "./useDevices";
import { useRecorder } from "./useRecorder";

interface RecorderProps extends Answers {
  question: Question;
  /** Takes. */
  left: number;
  onBegin: () => void;
  onEnd: () => void;
  /** Back to the answer that was sent before; null where there is none. */
  onCancel: (() => void) | null;
}

// Something is no longer as this page has it.
const CHANGED = new Set([
  ...["consent_required", "already_submitted", "interview_closed"],
  ...["no_takes_left", "question_not_found", "storage_unavailable"],
]);

/** Prepare, record, stop. */
export function Recorder(props: RecorderProps) {
  const { participation, question, recordings, refresh, left, onBegin, onEnd, onCancel } = props;
  const { stream, choice, choose } = useDevices();
  const recorder = useRecorder(recordings, participation.interview.id, question.id);
  const { state, start } = recorder;
  const now = useNow(state.at === "preparing" || state.at === "recording");
  const kinds = participation.interview.response_kinds;

  const preparedAt = state.at === "preparing" ? state.endsAt : null;
  useEffect(() => {
    if (preparedAt === null) return;
    const timer = setTimeout(start, Math.max(0, preparedAt - Date.now()));
    return () => clearTimeout(timer);
  }, [preparedAt, start]);
  const refused = state.at === "failed" && CHANGED.has(state.slug);
  useEffect(() => {
    if (refused) void refresh();
  }, [refused, refresh]);
  const ended = state.at === "review";
  useEffect(() => {
    if (ended) onEnd();
  }, [ended, onEnd]);

  const begin = () => {
    onBegin();
    if (question.preparation_seconds > 0 && state.at !== "preparing") {
      recorder.prepare(question.preparation_seconds);
    } else void start();
  };
  const recording = state.at === "recording";
  const rest = recording ? (state.endsAt - now) / 1000 : 0;
  const label = {
    ready: question.preparation_seconds > 0 ? "Show the question" : "Start recording",
    preparing: "Start recording now",
    starting: "Starting …",
    recording: "Stop",
    stopping: "Stopping …",
    review: "Start recording",
    failed: "Start recording",
  }[state.at];
  return (
    <Stage
      responseKinds={kinds}
      locked={isBusy(state)}
      over={
        (recording && <>Recording · {clock(rest)} left</>) ||
        (state.at === "preparing" && <>Starts in {clock((state.endsAt - now) / 1000 + 0.99)}</>)
      }
    >
      {recording && (
        <progress
          className={styles.time}
          aria-label="Time used"
          max={state.endsAt - state.since}
          value={Math.max(0, now - state.since)}
        />
      )}
      {/* Said seldom, so that nobody is interrupted. */}
      <p className="unseen" role="status">
        {recording && spoken(rest)}
        {state.at === "preparing" && "Read the question and prepare your answer."}
      </p>
      {state.at === "failed" && (
        <ProblemNotice
          problem={recordingProblem(state.slug)}
          actions={
            state.slug === "kind_not_allowed" &&
            choice.kind === "video" &&
            kinds.includes("audio") && (
              <Button variant="secondary" small onClick={() => choose({ kind: "audio" })}>
                Record sound alone
              </Button>
            )
          }
        />
      )}
      <div className="row">
        {/* One button all the time, so that it keeps the focus. */}
        <Button
          variant={recording ? "danger" : "primary"}
          busy={state.at === "starting" || state.at === "stopping"}
          aria-disabled={!stream && !recording}
          onClick={() => {
            if (recording) recorder.stop();
            else if (stream) begin();
          }}
        >
          {label}
        </Button>
        {onCancel && !isBusy(state) && (
          <Button variant="secondary" onClick={onCancel}>
            Keep the answer you sent
          </Button>
        )}
        {!recording && <span className="soft small">{plural(left, "take")} left</span>}
      </div>
    </Stage>
  );
}

function spoken(rest: number): string {
  if (rest <= 10) return "10 seconds left";
  if (rest <= 30) return "30 seconds left";
  if (rest <= 60) return `${length(60)} left`;
  return "Recording";
}

/** The time, a few times a second while it is needed. */
function useNow(running: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!running) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 200);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
