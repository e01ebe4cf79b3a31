"use client";

import { useEffect, useRef, useState } from "react";
import { currentTake, nextOpen } from "@/lib/answers";
import { recordingType } from "@/lib/recording";
import { recordingProblem } from "@/lib/recordingProblems";
import { Button } from "@/ui/Button";
import { Notice } from "@/ui/Notice";
import { useParams } from "@/ui/useParams";
import type { Answers } from "./Answering";
import * as devices from "./devices";
import { Player } from "./Player";
import { Stage } from "./Stage";
import { useDevices } from "./useDevices";
import { useHeading } from "./useHeading";

const PRACTICE_MS = 5000;

/** Camera, microphone and a practice take, which never leaves the page. */
export function DeviceCheck({ participation, questions, responses, pending }: Answers) {
  const { push } = useParams();
  const { stream } = useDevices();
  const heading = useHeading();
  const practice = usePractice();
  const isOpen = (id: string) => !pending.has(id) && !currentTake(id, responses);
  const first = nextOpen(questions.length - 1, questions, isOpen) ?? questions.length - 1;
  const kinds = participation.interview.response_kinds;
  return (
    <section className="card stack" aria-labelledby="check">
      <h2 id="check" {...heading}>
        Check your camera and microphone
      </h2>
      <p className="soft">
        Say something and look at the level. If you like, record yourself for five seconds: nobody
        gets to see it.
      </p>
      <Stage responseKinds={kinds} locked={practice.running} over={practice.running && "Practice"}>
        {practice.failed && (
          <Notice tone="bad" title={recordingProblem("nothing_recorded").message}>
            Choose another camera or microphone, then try again.
          </Notice>
        )}
        {practice.take && (
          <Player file={practice.take} mimeType={practice.take.type} label="Your practice take" />
        )}
        <div className="row">
          <Button variant="secondary" busy={practice.running} onClick={practice.record}>
            {practice.take ? "Practise again" : "Practise for five seconds"}
          </Button>
          <Button
            aria-disabled={!stream || practice.running}
            onClick={() =>
              stream && !practice.running && push({ step: null, question: String(first + 1) })
            }
          >
            All is well, go on
          </Button>
        </div>
      </Stage>
      {kinds.includes("text") && (
        <div>
          <Button
            variant="quiet"
            onClick={() => push({ step: null, question: String(first + 1), as: "text" })}
          >
            Answer in writing instead
          </Button>
        </div>
      )}
    </section>
  );
}

function usePractice() {
  const [running, setRunning] = useState(false);
  const [take, setTake] = useState<Blob | null>(null);
  const [failed, setFailed] = useState(false);
  const stop = useRef<() => void>(() => {});
  useEffect(() => () => stop.current(), []);

  const record = async () => {
    setTake(null);
    setFailed(false);
    try {
      const stream = await devices.open();
      const { kind } = devices.snapshot().choice;
      const mimeType = recordingType(kind, (name) => MediaRecorder.isTypeSupported(name)) ?? "";
      const recorder = new MediaRecorder(stream, { mimeType });
      const parts: Blob[] = [];
      recorder.ondataavailable = ({ data }) => data.size > 0 && parts.push(data);
      recorder.onstop = () => {
        clearTimeout(timer);
        setRunning(false);
        if (parts.length) setTake(new Blob(parts, { type: mimeType }));
        else setFailed(true);
      };
      recorder.start();
      setRunning(true);
      stop.current = () => recorder.state !== "inactive" && recorder.stop();
      const timer = setTimeout(stop.current, PRACTICE_MS);
    } catch {
      setFailed(true);
    }
  };
  return { running, take, failed, record };
}
