"use client";

import { useCallback, useRef, useState } from "react";
import { type Problem, problemOf } from "@/lib/errors";

interface Action {
  /** Runs it, unless the last one is still under way. */
  run: (work: () => Promise<void>) => Promise<void>;
  busy: boolean;
  /** Why the last one did not work. */
  refusal: Problem | null;
  setRefusal: (refusal: Problem | null) => void;
}

/** Runs one action at a time, and keeps why the last one failed. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Problem | null>(null);
  const running = useRef(false);

  const run = useCallback(async (work: () => Promise<void>) => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setRefusal(null);
    try {
      await work();
    } catch (error) {
      setRefusal(problemOf(error));
    } finally {
      running.current = false;
      setBusy(false);
    }
  }, []);
  return { run, busy, refusal, setRefusal };
}
