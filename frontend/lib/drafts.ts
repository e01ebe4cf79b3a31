import { useCallback, useSyncExternalStore } from "react";

const DRAFTS = "hirevision:draft:";
const draftsOf = (accountId: string) => `${DRAFTS}${accountId}:`;

/** Where an account's draft is kept: what it wrote, and candidates' addresses. */
export const draftKey = (accountId: string, name: string): string => draftsOf(accountId) + name;

/** The keys of the drafts of this name that an account has. */
export const draftKeys = (accountId: string, name = ""): string[] =>
  keysFrom(draftKey(accountId, name));

/** Forgets the drafts of everyone but `accountId`; of everyone, with null. */
export function forgetDrafts(accountId: string | null) {
  for (const key of keysFrom(DRAFTS)) {
    if (!accountId || !key.startsWith(draftsOf(accountId))) writeDraft(key, null);
  }
}

function keysFrom(prefix: string): string[] {
  try {
    return Object.keys(window.localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

/** What is kept in this browser under a key; null when nothing, or when it keeps nothing. */
export function readDraft(key: string): string | null {
  try {
    return window.localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Keeps a text, or with null forgets it. Returns whether the browser has done so. */
export function writeDraft(key: string, text: string | null): boolean {
  try {
    if (text === null) window.localStorage.removeItem(key);
    else window.localStorage.setItem(key, text);
  } catch {
    // Full, or switched off.
    return false;
  }
  for (const listener of listeners) listener();
  return true;
}

/** The text of `readDraft`, current when it changes, in other tabs too. */
export function useDraft(key: string): string | null {
  const read = useCallback(() => readDraft(key), [key]);
  return useSyncExternalStore(subscribe, read, () => null);
}

/** An object that was kept as JSON; null when it is none. */
export function parsedDraft(text: string | null): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return typeof value === "object" && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

export const textIn = (value: unknown): string => (typeof value === "string" ? value : "");
