"use client";

import { useSearchParams } from "next/navigation";
import { type Changes, changedParams } from "@/lib/navigation";

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
