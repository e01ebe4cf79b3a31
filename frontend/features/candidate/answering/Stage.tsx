"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";
import { kindsOf } from "@/lib/answers";
import type { RecordedKind } from "@/lib/recording";
import { deviceProblem, environmentProblem, recordingProblem } from "@/lib/recordingProblems";
import { Notice } from "@/ui/Notice";
import { DeviceProblem } from "./DeviceProblem";
import * as devices from "./devices";
import styles from "./Stage.module.css";
import { useDevices } from "./useDevices";
import { useLevel } from "./useLevel";

interface StageProps {
  responseKinds: string[];
  /** Devices can't be changed while recording. */
  locked: boolean;
  /** On the picture: what is going on. */
  over?: ReactNode;
  children: ReactNode;
}

/** The camera's picture, the microphone's level and the choice of both; or why there is none. */
export function Stage({ responseKinds, locked, over, children }: StageProps) {
  const { stream, cameras, microphones, choice, choose } = useDevices();
  const [problem, setProblem] = useState(environmentOf);
  const [tries, setTries] = useState(0);
  const kinds = kindsOf(responseKinds).filter((kind): kind is RecordedKind => kind !== "text");
  const allowed = kinds.includes(choice.kind);
  const [first] = kinds;

  useEffect(() => {
    if (!allowed && first) choose({ kind: first });
  }, [allowed, first, choose]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try and each choice asks again
  useEffect(() => {
    if (environmentOf() || !allowed) return;
    let over = false;
    devices.open().then(
      () => over || setProblem(null),
      (error) => over || setProblem(deviceProblem(error, choice.kind)),
    );
    return () => {
      over = true;
    };
  }, [choice, allowed, tries]);
  const lost = useLost(stream);

  const problemNow = problem ?? (lost && !locked ? "device_lost" : null);
  return (
    <div className="stack">
      {problemNow ? (
        <DeviceProblem
          slug={problemNow}
          onRetry={() => {
            setProblem(environmentOf());
            setTries(tries + 1);
          }}
          onSound={
            choice.kind === "video" && kinds.includes("audio")
              ? () => choose({ kind: "audio" })
              : null
          }
        />
      ) : (
        <Picture stream={stream} kind={choice.kind} over={over} />
      )}
      {!problemNow && children}
      {!locked && !environmentOf() && (
        <details className={styles.settings}>
          <summary>Camera and microphone</summary>
          <div className="stack">
            {kinds.length > 1 && (
              <fieldset className={styles.kinds}>
                <legend className="unseen">What is recorded</legend>
                {kinds.map((kind) => (
                  <label key={kind}>
                    <input
                      type="radio"
                      name="recorded-kind"
                      checked={choice.kind === kind}
                      onChange={() => choose({ kind })}
                    />{" "}
                    {kind === "video" ? "Video" : "Sound alone"}
                  </label>
                ))}
              </fieldset>
            )}
            {choice.kind === "video" && (
              <Choices
                label="Camera"
                devices={cameras}
                chosen={choice.camera || settingOf(stream?.getVideoTracks()[0])}
                onChoose={(camera) => choose({ camera })}
              />
            )}
            <Choices
              label="Microphone"
              devices={microphones}
              chosen={choice.microphone || settingOf(stream?.getAudioTracks()[0])}
              onChoose={(microphone) => choose({ microphone })}
            />
          </div>
        </details>
      )}
    </div>
  );
}

const settingOf = (track: MediaStreamTrack | undefined): string =>
  track?.getSettings().deviceId ?? "";

const environmentOf = (): string | null =>
  environmentProblem({
    userAgent: navigator.userAgent,
    secure: window.isSecureContext,
    canRecord: Boolean(navigator.mediaDevices?.getUserMedia) && "MediaRecorder" in window,
  });

/** Whether a device that was there is gone. */
function useLost(stream: MediaStream | null): boolean {
  const [lost, setLost] = useState<MediaStream | null>(null);
  useEffect(() => {
    if (!stream) return;
    const note = () => setLost(stream);
    for (const track of stream.getTracks()) track.addEventListener("ended", note);
    return () => {
      for (const track of stream.getTracks()) track.removeEventListener("ended", note);
    };
  }, [stream]);
  return stream !== null && lost === stream;
}

interface PictureProps {
  stream: MediaStream | null;
  kind: RecordedKind;
  over: ReactNode;
}

function Picture({ stream, kind, over }: PictureProps) {
  const video = useRef<HTMLVideoElement>(null);
  const meter = useRef<HTMLMeterElement>(null);
  const silent = useLevel(stream, meter);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the element is another one for sound
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream, kind]);
  const { message, hint } = recordingProblem("no_sound");
  return (
    <>
      <div className={kind === "video" ? styles.picture : `${styles.picture} ${styles.sound}`}>
        {kind === "video" ? (
          // Mirrored, as people know themselves; the recording is not.
          <video ref={video} className={styles.video} muted autoPlay playsInline />
        ) : (
          <p className={styles.alone}>Sound alone is recorded</p>
        )}
        {!stream && (
          <p className={styles.alone}>Allow the camera and microphone, if you are asked.</p>
        )}
        {over && <div className={styles.over}>{over}</div>}
      </div>
      <div className={styles.level}>
        <label htmlFor="level">Microphone</label>
        <meter id="level" ref={meter} className={styles.meter} min={0} max={1} />
      </div>
      {silent && (
        <Notice tone="warn" title={message}>
          {hint}
        </Notice>
      )}
    </>
  );
}

interface ChoicesProps {
  label: string;
  devices: MediaDeviceInfo[];
  chosen: string;
  onChoose: (id: string) => void;
}

function Choices({ label, devices: known, chosen, onChoose }: ChoicesProps) {
  return (
    <label className={styles.choices}>
      <span>{label}</span>
      <select value={chosen} onChange={(event) => onChoose(event.target.value)}>
        {!known.some(({ deviceId }) => deviceId === chosen) && <option value={chosen}>–</option>}
        {known.map((device, index) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label || `${label} ${index + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
}
