"use client";

import Link from "next/link";
import { useCallback } from "react";
import { useSWRConfig } from "swr";
import { ButtonLink } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { Skeleton } from "@/components/Skeleton";
import { problem, problemOf } from "@/lib/errors";
import { useDeliveryState, useOwnInterview } from "@/lib/recruiting";
import { Figures } from "../Dashboard";
import { DeliveryLine } from "../DeliveryLine";
import { Refusal } from "../Refusal";
import { Heading } from "./Heading";
import { Invites } from "./Invites";
import styles from "./OwnInterview.module.css";
import { Participants } from "./Participants";
import { Questions } from "./Questions";

/** One interview of the signed-in recruiter: all that is known of it and can be done about it. */
export function OwnInterview({ id }: { id: string }) {
  const { data, error, isValidating, mutate } = useOwnInterview(id);
  const { data: delivery } = useDeliveryState();
  const refresh = useRefresh();
  return (
    <div className="stack">
      <p>
        <Link href="/recruiters" prefetch={false}>
          ← Recruiting
        </Link>
      </p>
      {error && <Refusal problem={problemOf(error)} onRetry={() => mutate()} busy={isValidating} />}
      {data === undefined && !error && <Skeleton of="the interview" count={4} />}
      {data === null && <NotYours />}
      {data && (
        <article className={styles.page}>
          <Heading interview={data.interview} onChanged={refresh} />
          <div className={`card ${styles.numbers}`}>
            <Figures stats={data.stats} />
            <DeliveryLine state={delivery} />
          </div>
          <Invites interview={data.interview} onChanged={refresh} />
          <Participants interview={data.interview} onChanged={refresh} />
          <Questions interview={data.interview} questions={data.questions} onChanged={refresh} />
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
