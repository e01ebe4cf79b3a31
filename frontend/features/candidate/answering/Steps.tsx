"use client";

import { useEffect } from "react";
import { Button } from "@/ui/Button";
import { useParams } from "@/ui/useParams";
import type { Question } from "../participations";
import { Agree } from "./Agree";
import type { Answers } from "./Answering";
import { DeviceCheck } from "./DeviceCheck";
import * as devices from "./devices";
import { QuestionStep } from "./QuestionStep";

interface StepsProps extends Answers {
  question: Question | undefined;
  /** The question's, from 1. */
  number: number;
  step: string | null;
}

/** The steps that record; loaded with the first of them. */
export default function Steps({ question, number, step, ...answers }: StepsProps) {
  const { push } = useParams();
  // Camera off, once they are left.
  useEffect(() => devices.close, []);
  return (
    <div className="stack">
      {!answers.known.recordings.some(({ progress }) => progress === "recording") && (
        <div>
          <Button
            variant="quiet"
            small
            onClick={() => push({ step: null, question: null, as: null })}
          >
            All questions
          </Button>
        </div>
      )}
      {question ? (
        <QuestionStep key={question.id} {...answers} question={question} number={number} />
      ) : step === "agree" ? (
        <Agree {...answers} onAgreed={() => push({ step: "check" })} />
      ) : (
        <DeviceCheck {...answers} />
      )}
    </div>
  );
}
