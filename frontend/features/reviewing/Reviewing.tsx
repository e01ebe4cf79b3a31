"use client";

import type { ReactNode } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { ButtonLink } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { Loaded } from "@/ui/Loaded";
import { type Reviewed, reviewedRead } from "./reads";

interface ReviewingProps {
  interviewId: string;
  /** `readAgain` where it may have changed that one reviews it. */
  children: (interview: Reviewed, readAgain: () => void) => ReactNode;
}

/** A page about an interview, for those who review its candidates. */
export function Reviewing({ interviewId, children }: ReviewingProps) {
  const { account } = useSignedIn();
  const interview = useRead(reviewedRead(interviewId, account.id));
  return (
    <div className="stack">
      <Loaded answer={interview} of="the interview">
        {(found) => (found ? children(found, () => void interview.mutate()) : <NotReviewing />)}
      </Loaded>
    </div>
  );
}

function NotReviewing() {
  return (
    <>
      <h1>Interview</h1>
      <EmptyState
        title="You don’t review this interview."
        action={<ButtonLink href="/reviews">Your reviews</ButtonLink>}
      >
        The recruiter may have removed you, or you were invited at another address.
      </EmptyState>
    </>
  );
}
