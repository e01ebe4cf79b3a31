"use client";

import { useEffect } from "react";
import { kindsOf, type Pending } from "@/lib/answers";
import { recordingProblem } from "@/lib/recordingProblems";
import { Button } from "@/ui/Button";
import { Notice } from "@/ui/Notice";
import { partOnDemand } from "@/ui/onDemand";
import { useParams } from "@/ui/useParams";
import type { JoinedInterview } from "../participations";
import { Overview } from "./Overview";
import type { Recordings, Snapshot } from "./recordings";
import { type Checked, useChecks } from "./useChecks";
import { useLeaveQuestion } from "./useLeaveQuestion";
import { useRecordings } from "./useRecordings";

/** What every step needs. */
export interface Answers extends AnsweringProps {
  recordings: Recordings;
  known: Snapshot;
  /** What of each question is on this device alone. */
  pending: ReadonlyMap<string, Pending>;
  /** What was found in recordings that were sent, by their ids. */
  checks: ReadonlyMap<string, Checked>;
}

// Not loaded by people who only look at the page.
const Steps = partOnDemand(() => import("./Steps"), "the question");

/** What is known of an interview, and how that changes. */
export interface AnsweringProps extends JoinedInterview {
  /** Reads everything again. */
  refresh: () => Promise<unknown>;
  /** Takes over what the database has said, without asking it again. */
  change: (change: (data: JoinedInterview) => Partial<JoinedInterview>) => Promise<unknown>;
}

/** An active interview: its overview, or the step that the address names. */
export function Answering(props: AnsweringProps) {
  const { participation, questions, refresh } = props;
  const { recordings, known } = useRecordings();
  const { param } = useParams();
  useEffect(() => {
    recordings.onChange = () => void refresh();
    return () => {
      recordings.onChange = null;
    };
  }, [recordings, refresh]);
  useLeaveQuestion(known.tab === "here" && known.recordings.length > 0);

  const pending = new Map(
    known.recordings.flatMap(({ questionId, progress }) =>
      progress === "recording" ? [] : [[questionId, progress] as const],
    ),
  );
  const checks = useChecks(props);
  const answers: Answers = { ...props, recordings, known, pending, checks };
  const step = param("step");
  const number = Number(param("question"));
  const question = questions[number - 1];
  const records = kindsOf(participation.interview.response_kinds).some((kind) => kind !== "text");
  const inStep = question || (records && (step === "agree" || step === "check"));
  return (
    <>
      {known.tab === "elsewhere" && <Elsewhere onTakeOver={() => recordings.takeOver()} />}
      {known.space && known.tab === "here" && inStep && <SpaceNotice slug={known.space} />}
      {inStep ? (
        <Steps {...answers} question={question} number={number} step={step} />
      ) : (
        <Overview {...answers} />
      )}
    </>
  );
}

function Elsewhere({ onTakeOver }: { onTakeOver: () => void }) {
  return (
    <Notice
      tone="warn"
      title="This interview is open in another tab."
      actions={
        <Button variant="secondary" small onClick={onTakeOver}>
          Continue here
        </Button>
      }
    >
      Only one tab can record and send your answers. If you continue here, the other one stops; what
      it has recorded is kept.
    </Notice>
  );
}

function SpaceNotice({ slug }: { slug: string }) {
  const { message, hint } = recordingProblem(slug);
  return (
    <Notice tone="warn" title={message}>
      {hint}
    </Notice>
  );
}
