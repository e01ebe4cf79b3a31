"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import { useAnswerStore } from "./answerStore";
import { Recordings, type Snapshot } from "./recordings";

/** What has not been sent yet, and the one who records and sends it. */
export function useRecordings(): { recordings: Recordings; known: Snapshot } {
  const store = useAnswerStore();
  const [recordings] = useState(() => store.recordings());
  useEffect(() => {
    recordings.enter();
    return () => recordings.leave();
  }, [recordings]);
  const known = useSyncExternalStore(
    recordings.subscribe,
    recordings.snapshot,
    Recordings.onServer,
  );
  return { recordings, known };
}
