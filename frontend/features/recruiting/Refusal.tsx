"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { ResendConfirmation } from "@/features/account/ResendConfirmation";
import type { Problem } from "@/lib/errors";
import { withParams } from "@/lib/navigation";
import { Button, ButtonLink } from "@/ui/Button";
import { ProblemNotice } from "@/ui/Notice";

interface RefusalProps {
  problem: Problem;
  /** Does once more what was refused, where that may help. */
  onRetry?: (() => void) | undefined;
  busy?: boolean | undefined;
  /** Where signing in again leads back to; this page, if nothing is said. */
  back?: string;
  /** Other ways out. */
  children?: ReactNode;
}

// With these a second try may go better; with the others it would be refused again.
const WORTH_A_RETRY = new Set([
  ...["network_down", "took_too_long", "unexpected", "row_conflict"],
  ...["codes_exhausted", "question_ids_mismatch"],
]);

/** A refusal with all that can be done about it on a recruiter's page. */
export function Refusal({ problem, onRetry, busy, back, children }: RefusalProps) {
  const { account } = useSignedIn();
  const pathname = usePathname();
  const next = back ?? pathname;
  const retry = onRetry && WORTH_A_RETRY.has(problem.slug);
  const signIn = problem.slug === "not_signed_in";
  const actions = (retry || signIn || children) && (
    <>
      {retry && (
        <Button variant="secondary" small busy={busy ?? false} onClick={onRetry}>
          Try again
        </Button>
      )}
      {signIn && (
        <ButtonLink variant="secondary" small href={withParams("/login", { next })}>
          Sign in again
        </ButtonLink>
      )}
      {children}
    </>
  );
  return (
    <>
      <ProblemNotice problem={problem} actions={actions} />
      {problem.slug === "email_not_confirmed" && (
        <ResendConfirmation email={account.email} returnTo={{ code: null, next }} />
      )}
    </>
  );
}
