"use client";

import { useEffect } from "react";

/** Lets the browser ask before the page is closed, reloaded or left. */
export function useLeaveQuestion(on: boolean) {
  useEffect(() => {
    if (!on) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [on]);
}
