"use client";

import { useCallback, useEffect, useReducer, useRef } from "react";
import { problemOf, refuse } from "@/lib/errors";
import { type Ending, isBusy, READY, type RecorderState, recorderAfter } from "@/lib/recorder";
import { bareType, bitrates, isFull, kindOfType, recordingType } from "@/lib/recording";
import { deviceProblem } from "@/lib/recordingProblems";
import { type Started, useAnswerStore } from "./answerStore";
import * as devices from "./devices";
import type { Recordings } from "./recordings";
import { useLeaveQuestion } from "./useLeaveQuestion";

interface Running {
  recorder: MediaRecorder;
  ending: Ending;
}

// At most so much is lost when the browser dies.
const SLICE_MS = 1000;
// What a call or a locked screen takes is black or silent; a moment of that is no reason to stop.
const MUTED_MS = 3000;

/** Records the answer to one question; leaving the question ends the recording and keeps it. */
export function useRecorder(
  recordings: Recordings,
  interviewId: string,
  questionId: string,
): {
  state: RecorderState;
  prepare: (seconds: number) => void;
  start: () => Promise<void>;
  stop: () => void;
} {
  const store = useAnswerStore();
  const [state, dispatch] = useReducer(recorderAfter, READY);
  const running = useRef<Running | null>(null);
  const alive = useRef(true);

  const end = useCallback((ending: Ending) => {
    const { current } = running;
    if (!current || current.recorder.state === "inactive") return;
    current.ending = ending;
    dispatch({ type: "stop", ending });
    current.recorder.stop();
  }, []);

  const record = useCallback(
    (stream: MediaStream, type: string, started: Started) => {
      const kind = kindOfType(type);
      const recorder = new MediaRecorder(stream, {
        mimeType: type,
        ...bitrates(kind, started.bits_per_second),
      });
      const here: Running = { recorder, ending: "device" };
      running.current = here;
      const id = started.response_id;
      const since = Date.now();
      const endsAt = since + started.max_seconds * 1000;
      const tick = setInterval(() => Date.now() >= endsAt && end("time"), 100);
      const stopWatching = watchTracks(stream.getTracks(), () => end("device"));
      const sliceBytes: number[] = [];
      recorder.ondataavailable = ({ data }) => {
        if (data.size === 0) return;
        void recordings.addSlice(id, data);
        sliceBytes.push(data.size);
        // Encoders may write more than they are asked to.
        if (isFull(sliceBytes, started.max_bytes)) end("size");
      };
      recorder.onerror = () => end("broken");
      recorder.onstop = async () => {
        clearInterval(tick);
        stopWatching();
        running.current = null;
        const seconds = (Date.now() - since) / 1000;
        // Where the browser itself has ended it, nobody else has said so.
        dispatch({ type: "stop", ending: here.ending });
        const something = await recordings.end(id, here.ending, seconds);
        dispatch({ type: "stopped", seconds: something ? seconds : 0 });
      };
      recorder.start(SLICE_MS);
      dispatch({ type: "started", since, endsAt });
    },
    [recordings, end],
  );

  const start = useCallback(async () => {
    if (running.current) return;
    dispatch({ type: "start" });
    const { kind } = devices.snapshot().choice;
    let stream: MediaStream;
    try {
      stream = await devices.open();
    } catch (error) {
      dispatch({ type: "failed", slug: deviceProblem(error, kind) });
      return;
    }
    try {
      const type = recordingType(kind, (name) => MediaRecorder.isTypeSupported(name));
      if (!type) return dispatch({ type: "failed", slug: "unsupported_browser" });
      const started = await store.start(questionId, bareType(type));
      await recordings.begin({
        id: started.response_id,
        interviewId,
        questionId,
        bucket: started.bucket,
        path: started.path,
        kind,
        mimeType: bareType(type),
        startedAt: new Date().toISOString(),
        maxBytes: started.max_bytes,
        takesLeft: started.takes_left,
        stage: "recording",
        ending: null,
        seconds: 0,
        uploadUrl: null,
      });
      if (!alive.current) {
        await recordings.throwAway(started.response_id);
        refuse("unexpected");
      }
      record(stream, type, started);
    } catch (error) {
      dispatch({ type: "failed", slug: problemOf(error).slug });
    }
  }, [store, recordings, interviewId, questionId, record]);

  const prepare = useCallback((seconds: number) => {
    dispatch({ type: "prepare", endsAt: Date.now() + seconds * 1000 });
  }, []);

  useEffect(() => {
    alive.current = true;
    recordings.onLost = () => end("tab");
    return () => {
      alive.current = false;
      recordings.onLost = null;
      end("left");
    };
  }, [recordings, end]);

  useAwake(state.at === "recording");
  useLeaveQuestion(isBusy(state));
  return { state, prepare, start, stop: useCallback(() => end("asked"), [end]) };
}

/** Tells when a device is gone, or has given nothing for a while; returns what stops that. */
function watchTracks(tracks: MediaStreamTrack[], onGone: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    if (tracks.some(({ muted }) => muted)) timer = setTimeout(onGone, MUTED_MS);
  };
  const watching = new AbortController();
  const { signal } = watching;
  for (const track of tracks) {
    track.addEventListener("ended", onGone, { signal });
    track.addEventListener("mute", look, { signal });
    track.addEventListener("unmute", look, { signal });
  }
  return () => {
    clearTimeout(timer);
    watching.abort();
  };
}

/** The screen stays on; the browser lets go of it whenever the page is hidden. */
function useAwake(on: boolean) {
  useEffect(() => {
    if (!on || !("wakeLock" in navigator)) return;
    let lock: WakeLockSentinel | null = null;
    let over = false;
    const ask = async () => {
      if (document.visibilityState !== "visible") return;
      try {
        lock = await navigator.wakeLock.request("screen");
        if (over) await lock.release();
      } catch {
        // A battery that is nearly empty, for instance. The recording goes on without.
      }
    };
    void ask();
    document.addEventListener("visibilitychange", ask);
    return () => {
      over = true;
      document.removeEventListener("visibilitychange", ask);
      void lock?.release();
    };
  }, [on]);
}
