import { useEffect, useState } from "react";
import { isAwaited } from "@/lib/analysis";
import type { JoinedInterview, OwnResponse } from "../participations";
import { type Check, useAnswerStore } from "./answerStore";

/** What is known of a recording: `Check` without its response. */
export type Checked = Omit<Check, "response_id">;

const LOOK_MS = 2000;
const PATIENCE_MS = 60_000;

const checkOf = ({ analyses }: OwnResponse): Checked | undefined =>
  analyses.find(({ step }) => step === "check");

/** The checks of the recordings that count; those that are under way are looked at for a while. */
export function useChecks({ participation, responses }: JoinedInterview) {
  const { checker } = useAnswerStore();
  // Those that were over when they were looked at last.
  const [over, setOver] = useState<ReadonlyMap<string, Checked>>(new Map());
  const checks = new Map<string, Checked>();
  for (const response of responses) {
    const check = over.get(response.id) ?? checkOf(response);
    if (response.status === "uploaded" && check) checks.set(response.id, check);
  }
  const awaited = [...checks.keys()].filter((id) => isAwaited(checks.get(id) as Checked)).join(" ");
  const on = participation.interview.analysis !== "off";

  useEffect(() => {
    if (!checker || !on || !awaited) return;
    let works = false;
    return lookAgain(async () => {
      works ||= await checker.works();
      if (!works) return false;
      const ended = (await checker.found()).filter((check) => !isAwaited(check));
      setOver(new Map(ended.map(({ response_id, ...check }) => [response_id, check])));
      return true;
    });
  }, [checker, on, awaited]);
  return checks;
}

/** Looks every other second for a minute, or until there is no sense in it; not while hidden. */
function lookAgain(look: () => Promise<boolean>): () => void {
  let timer: ReturnType<typeof setTimeout>;
  let ended = false;
  const until = Date.now() + PATIENCE_MS;
  const next = () => {
    clearTimeout(timer);
    if (ended || document.hidden || Date.now() >= until) return;
    timer = setTimeout(async () => {
      // What can't be read now may be read the next time.
      if (await look().catch(() => true)) next();
    }, LOOK_MS);
  };
  document.addEventListener("visibilitychange", next);
  next();
  return () => {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", next);
  };
}
