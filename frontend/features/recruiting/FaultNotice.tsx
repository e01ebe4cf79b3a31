"use client";

import { useEffect, useState } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import type { Problem } from "@/lib/errors";

/** Why a form does not go on, where no single field is at fault, or many are. */
export function FaultNotice({ problem }: { problem: Problem }) {
  return (
    <div data-fault tabIndex={-1}>
      <AccountProblem problem={problem} />
    </div>
  );
}

/**
 * Returns what leads to the first field at fault of a form, or to what is said about all of them,
 * once the faults are drawn; it scrolls there.
 */
export function useFaultFocus(): (form: HTMLElement | null) => void {
  const [asked, setAsked] = useState<{ form: HTMLElement | null }>({ form: null });
  // A frame may come before what was set after an answer is drawn; this effect comes after it.
  useEffect(() => {
    const fault = asked.form?.querySelector<HTMLElement>("[aria-invalid=true], [data-fault]");
    fault?.focus();
    fault?.scrollIntoView({ block: "center", behavior: "instant" });
  }, [asked]);
  return (form) => setAsked({ form });
}
