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
 * Leads to the first field at fault, or to what is said about all of them, once the faults are
 * drawn; it scrolls there.
 */
export function focusFirstFault(form: HTMLElement | null) {
  requestAnimationFrame(() => {
    const fault = form?.querySelector<HTMLElement>("[aria-invalid=true], [data-fault]");
    fault?.focus();
    fault?.scrollIntoView({ block: "center", behavior: "instant" });
  });
}
