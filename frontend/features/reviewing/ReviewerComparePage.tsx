"use client";

import { useSignedIn } from "@/features/account/Providers";
import { Comparison } from "@/features/recruiting/compare/Comparison";
import { BackLink } from "@/ui/BackLink";
import { Reviewing } from "./Reviewing";
import { useCandidateName } from "./useCandidateName";

/** The answers of an interview's candidates beside each other, for somebody who reviews them. */
export function ReviewerComparePage({ interviewId }: { interviewId: string }) {
  const { account } = useSignedIn();
  const nameOf = useCandidateName(interviewId);
  const home = `/reviews/${interviewId}`;
  return (
    <Reviewing interviewId={interviewId}>
      {({ title }) => (
        <>
          <BackLink href={home}>{title}</BackLink>
          <Comparison
            interviewId={interviewId}
            viewer={{ accountId: account.id, owner: false }}
            home={home}
            nameOf={nameOf}
          />
        </>
      )}
    </Reviewing>
  );
}
