import { useEffect, useRef, useState } from "react";
import { readDraft, useDraft, writeDraft } from "@/lib/drafts";

interface Form<Draft> {
  /** What was kept; an empty draft when that is nothing. */
  read: (text: string | null) => Draft;
  /** For keeping; null when nothing was entered. */
  write: (draft: Draft) => string | null;
}

/**
 * A draft, kept with each change, that other tabs may write, too. It is only ever written over what
 * this tab has read or written; after that, `elsewhere` says that there are two versions, until one
 * of them is chosen.
 */
export function useSharedDraft<Draft extends object>(key: string, form: Form<Draft>) {
  const stored = useDraft(key);
  // Not a state: it is compared with what is stored, and changed again, before the next render.
  const [own] = useState(() => {
    const text = readDraft(key);
    return { text, draft: form.read(text) };
  });
  const [draft, setDraft] = useState(own.draft);
  const [kept, setKept] = useState(true);
  const elsewhere = stored !== own.text;

  const put = (text: string | null) => {
    const before = own.text;
    own.text = text;
    const done = writeDraft(key, text);
    if (!done) own.text = before;
    setKept(done);
  };
  const show = (next: Draft) => {
    own.draft = next;
    setDraft(next);
  };
  const change = (changed: Partial<Draft>) => {
    show({ ...own.draft, ...changed });
    // At once rather than in an effect: what follows may end the page.
    if (readDraft(key) === own.text) put(form.write(own.draft));
  };
  const takeTheirs = () => {
    own.text = readDraft(key);
    show(form.read(own.text));
  };
  const keepMine = () => put(form.write(own.draft));
  const forget = () => put(null);
  /** Runs it unless another tab does the same at that moment, or has changed or finished it. */
  const alone = async (work: () => Promise<void>) => {
    const unchanged = async () => {
      if (readDraft(key) === own.text) await work();
    };
    // Only pages over https have locks.
    if (navigator.locks) await navigator.locks.request(key, unchanged);
    else await unchanged();
  };
  // The dialog asks before it closes: what is not kept would be lost.
  const unsaved = useRef(false);
  useEffect(() => {
    unsaved.current = !kept || elsewhere;
  }, [kept, elsewhere]);
  return { draft, change, stored, elsewhere, kept, unsaved, takeTheirs, keepMine, forget, alone };
}
