"use client";

import { useCallback } from "react";
import { useSWRConfig } from "swr";
import { AccountProblem } from "@/features/account/AccountProblem";
import { problem, problemOf } from "@/lib/errors";
import { ButtonLink } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { PageLink } from "@/ui/PageLink";
import { Skeleton } from "@/ui/Skeleton";
import { DeliveryStatus } from "../DeliveryStatus";
import { Figures } from "../InterviewList";
import { useDeliveryState, useOwnInterview } from "../queries";
import { InterviewHeading } from "./InterviewHeading";
import { InvitesSection } from "./InvitesSection";
import { ParticipantsSection } from "./ParticipantsSection";
import { QuestionsSection } from "./QuestionsSection";
import styles from "./RecruiterInterviewPage.module.css";

/** One interview of the signed-in recruiter: all that is known of it and can be done about it. */
export function RecruiterInterviewPage({ id }: { id: string }) {
  const { data, error, isValidating, mutate } = useOwnInterview(id);
  const { data: delivery } = useDeliveryState();
  const refresh = useRefresh();
  return (
    <div className="stack">
      <p>
        <PageLink href="/recruiters">← Recruiting</PageLink>
      </p>
      {error && (
        <AccountProblem problem={problemOf(error)} onRetry={() => mutate()} busy={isValidating} />
      )}
      {data === undefined && !error && <Skeleton of="the interview" count={4} />}
      {data === null && <NotYours />}
      {data && (
        <article className={styles.page}>
          <InterviewHeading interview={data.interview} onChanged={refresh} />
          <div className={`card ${styles.numbers}`}>
            <Figures stats={data.stats} />
            <DeliveryStatus state={delivery} />
          </div>
          <InvitesSection interview={data.interview} onChanged={refresh} />
          <ParticipantsSection interview={data.interview} onChanged={refresh} />
          <QuestionsSection
            interview={data.interview}
            questions={data.questions}
            onChanged={refresh}
          />
        </article>
      )}
    </div>
  );
}

/** Reads anew all that is shown of interviews; what stands there stays until it has come. */
function useRefresh(): () => Promise<unknown> {
  const { mutate } = useSWRConfig();
  return useCallback(() => mutate((key) => Array.isArray(key) && key[0] !== "barred"), [mutate]);
}

function NotYours() {
  const { message, hint } = problem("interview_not_found");
  return (
    <>
      <h1>Interview</h1>
      <EmptyState
        title={message}
        action={<ButtonLink href="/recruiters">To your interviews</ButtonLink>}
      >
        {hint}
      </EmptyState>
    </>
  );
}
