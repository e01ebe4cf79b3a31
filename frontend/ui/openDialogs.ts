import { useSyncExternalStore } from "react";

let open: readonly HTMLElement[] = [];
const listeners = new Set<() => void>();

function change(next: readonly HTMLElement[]) {
  open = next;
  for (const listener of listeners) listener();
}

/** Notes that a dialog is in front of the page; returns what notes that it is not any more. */
export function dialogOpened(dialog: HTMLElement): () => void {
  change([...open, dialog]);
  return () => change(open.filter((one) => one !== dialog));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** The dialog in front of everything; null without any. What is not inside it cannot be reached. */
export const useTopDialog = (): HTMLElement | null =>
  useSyncExternalStore(
    subscribe,
    () => open.at(-1) ?? null,
    () => null,
  );

const stays = new Set<() => boolean>();
let returning = false;

/** Has Back lead nowhere while `stay` is true; returns what ends that. */
export function beforeBack(stay: () => boolean): () => void {
  stays.add(stay);
  return () => {
    stays.delete(stay);
  };
}

function stayOrLeave(event: PopStateEvent) {
  if (returning) {
    returning = false;
  } else if ([...stays].some((stay) => stay())) {
    // The router does not hear of it, and the address becomes again what it was.
    event.stopImmediatePropagation();
    returning = true;
    window.history.forward();
  }
}

// As this file is loaded, before the router adds its own: listeners are called in that order.
if (typeof window !== "undefined") window.addEventListener("popstate", stayOrLeave, true);
