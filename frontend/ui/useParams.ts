"use client";

import { type ReadonlyURLSearchParams, useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";
import { type Changes, changedParams } from "@/lib/navigation";

/** What was set before the router has taken it over. */
interface Ahead {
  of: ReadonlyURLSearchParams;
  params: URLSearchParams;
}

/**
 * The parameters of the page's address, and functions that change them without asking the server:
 * with `push` Back leads to how the page was, with `replace` it does not.
 */
export function useParams() {
  const known = useSearchParams();
  // The router takes its time, and a radio button that is set later looks as if it were not set.
  const [ahead, setAhead] = useState<Ahead | null>(null);
  const params = ahead?.of === known ? ahead.params : known;
  // After going back before the router has taken it over, it never will.
  useEffect(() => {
    const forget = () => setAhead(null);
    window.addEventListener("popstate", forget);
    return () => window.removeEventListener("popstate", forget);
  }, []);

  const change = (changes: Changes, how: "pushState" | "replaceState", state: object | null) => {
    const address = changedParams(window.location.href, changes);
    setAhead({ of: known, params: new URL(address, window.location.origin).searchParams });
    window.history[how](state, "", address);
  };
  return {
    param: (name: string) => params.get(name),
    /** `state` stays with the entry in the browser's history. */
    push: (changes: Changes, state: object | null = null) => change(changes, "pushState", state),
    replace: (changes: Changes) => change(changes, "replaceState", null),
  };
}
