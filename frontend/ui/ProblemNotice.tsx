"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import type { Problem } from "@/lib/errors";
import { withParams } from "@/lib/navigation";
import { Button, ButtonLink } from "./Button";
import { Notice } from "./Notice";

interface ProblemNoticeProps {
  problem: Problem;
  /** Tries again what was refused; offered where that may help. */
  onRetry?: (() => void) | undefined;
  busy?: boolean | undefined;
  /** Where signing in again leads back to; this page by default. */
  back?: string | undefined;
  /** Other ways out. */
  actions?: ReactNode;
}

// A second try may succeed; other problems would only come again.
const WORTH_A_RETRY = new Set([
  ...["network_down", "took_too_long", "unexpected", "row_conflict"],
  ...["codes_exhausted", "question_ids_mismatch", "recording_unplayable"],
]);

/** What went wrong, the way out, and the buttons for it. */
export function ProblemNotice({ problem, onRetry, busy, back, actions }: ProblemNoticeProps) {
  const pathname = usePathname();
  const retry = onRetry && WORTH_A_RETRY.has(problem.slug);
  const signIn = problem.slug === "not_signed_in" && !actions;
  const buttons = (retry || signIn || actions) && (
    <>
      {retry && (
        <Button variant="secondary" small busy={busy ?? false} onClick={onRetry}>
          Try again
        </Button>
      )}
      {signIn && (
        <ButtonLink
          variant="secondary"
          small
          href={withParams("/login", { next: back ?? pathname })}
        >
          Sign in again
        </ButtonLink>
      )}
      {actions}
    </>
  );
  return (
    <div data-slug={problem.slug}>
      <Notice tone="bad" title={problem.message} actions={buttons}>
        {problem.hint}
      </Notice>
    </div>
  );
}
