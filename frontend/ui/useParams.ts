"use client";

import { useSearchParams } from "next/navigation";

type Changes = Record<string, string | null>;

/** Changes parameters of a page's address; null removes one. */
export function changedParams(address: string, changes: Changes): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url.pathname + url.search;
}

/**
 * The parameters of the page's address, and functions that change them without asking the server:
 * with `push` Back leads to how the page was, with `replace` it does not.
 */
export function useParams() {
  const params = useSearchParams();
  const to = (changes: Changes) => changedParams(window.location.href, changes);
  return {
    param: (name: string) => params.get(name),
    push: (changes: Changes) => window.history.pushState(null, "", to(changes)),
    replace: (changes: Changes) => window.history.replaceState(null, "", to(changes)),
  };
}
