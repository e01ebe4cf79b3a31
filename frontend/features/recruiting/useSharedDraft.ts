import { useEffect, useState } from "react";
import { readDraft, useDraft, writeDraft } from "@/lib/drafts";

/**
 * A draft that other tabs may write, too. It is only ever written over what this tab has read or
 * written; after that, `elsewhere` says that there are two versions, until one of them is chosen.
 */
export function useSharedDraft(key: string) {
  const stored = useDraft(key);
  // Not a state: it is compared with what is stored, which changes at once.
  const [own] = useState(() => ({ text: readDraft(key) }));
  const [kept, setKept] = useState(true);
  const elsewhere = stored !== own.text;

  const put = (text: string | null) => {
    const before = own.text;
    own.text = text;
    const done = writeDraft(key, text);
    if (!done) own.text = before;
    setKept(done);
  };
  // At once rather than in an effect: what follows may end the page.
  const write = (text: string | null) => {
    if (readDraft(key) === own.text) put(text);
  };
  const takeTheirs = (): string | null => {
    own.text = readDraft(key);
    return own.text;
  };
  /** Runs it unless another tab does the same at that moment, or has changed or finished it. */
  const alone = async (work: () => Promise<void>) => {
    const unchanged = async () => {
      if (readDraft(key) === own.text) await work();
    };
    // Only pages over https have locks.
    if (navigator.locks) await navigator.locks.request(key, unchanged);
    else await unchanged();
  };
  const unsafe = !kept || elsewhere;
  // The browser asks before it closes what it does not keep.
  useEffect(() => {
    if (!unsafe) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [unsafe]);
  return { first: own.text, stored, elsewhere, kept, write, keepMine: put, takeTheirs, alone };
}
