"use client";

import { useCallback, useSyncExternalStore } from "react";
import { useAnswerStore } from "./answerStore";
import * as devices from "./devices";

type Choose = (changes: Partial<devices.Choice>) => void;

/** The devices, and how to choose others, which are chosen again the next time. */
export function useDevices(): devices.Devices & { choose: Choose } {
  const store = useAnswerStore();
  const known = useSyncExternalStore(devices.subscribe, devices.snapshot, devices.serverSnapshot);
  const choose: Choose = useCallback(
    (changes) => {
      devices.choose(changes);
      store.writeDraft(devices.DRAFT, JSON.stringify(devices.snapshot().choice));
    },
    [store],
  );
  return { ...known, choose };
}
