import { type MouseEvent, useEffect, useRef, useState } from "react";
import { useDraft, writeDraft } from "@/lib/drafts";
import { secondIn } from "@/lib/transcript";
import { useParams } from "@/ui/useParams";

// Single letters can be in the way of speech input (WCAG 2.1.4), so they can be turned off.
const KEYS_OFF = "hirevision:keys-off";

interface TurnsOptions {
  /** What the address says for each question: `?question=3`. */
  names: string[];
  /** Which of them is open, from 0, by what the address says. */
  placeOf: (question: string | null) => number;
  /** What takes the focus in the panel once another one is open: the first of these that is there. */
  focus: string[];
}

/** Questions that are read in turn, one of them open, by links and by the keys J and K. */
export type Turns = ReturnType<typeof useTurns>;

export function useTurns({ names, placeOf, focus }: TurnsOptions) {
  const { param, replace } = useParams();
  const place = placeOf(param("question"));
  const keysOff = useDraft(KEYS_OFF) !== null;
  const panel = useRef<HTMLElement>(null);
  const [moved, setMoved] = useState(0);

  const go = (to: number) => {
    const name = names[to];
    if (name === undefined || to === place) return;
    // A place in the recording belongs to the question before.
    replace({ question: name, at: null });
    setMoved((times) => times + 1);
  };
  useKeys(!keysOff, { j: () => go(place + 1), k: () => go(place - 1) });
  // biome-ignore lint/correctness/useExhaustiveDependencies: once it has moved, and only then
  useEffect(() => {
    if (moved === 0) return;
    const found = focus.map((wanted) => panel.current?.querySelector<HTMLElement>(wanted));
    found.find(Boolean)?.focus();
  }, [moved]);

  const linkTo = (to: number) => ({
    href: `?question=${names[to]}`,
    onClick: (event: MouseEvent) => {
      // In another tab, where that is wanted.
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      go(to);
    },
  });
  return {
    place,
    /** Where to begin in its recording, in seconds: `&at=12`. */
    at: secondIn(param("at")) ?? 0,
    of: names.length,
    panel,
    linkTo,
    keys: !keysOff,
    setKeys: (on: boolean) => writeDraft(KEYS_OFF, on ? null : "off"),
  };
}

/** Runs what belongs to a key, but not while somebody types, nor behind a dialog. */
function useKeys(on: boolean, keys: Record<string, () => void>) {
  const current = useRef(keys);
  useEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    if (!on) return;
    const press = (event: KeyboardEvent) => {
      const { key, target, metaKey, ctrlKey, altKey, defaultPrevented } = event;
      if (metaKey || ctrlKey || altKey || defaultPrevented) return;
      if (!(target instanceof Element) || document.querySelector("dialog[open]")) return;
      if (target.closest("input:not([type=checkbox], [type=radio]), textarea, select")) return;
      current.current[key.toLowerCase()]?.();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [on]);
}
