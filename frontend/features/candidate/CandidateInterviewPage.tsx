"use client";

import { useMemo } from "react";
import type { KeyedMutator } from "swr";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { problem } from "@/lib/errors";
import { DASHBOARD } from "@/lib/navigation";
import { BackLink } from "@/ui/BackLink";
import { ButtonLink } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { Loaded } from "@/ui/Loaded";
import type { AnsweringProps } from "./answering/Answering";
import { AnswerStoreProvider } from "./answering/answerStore";
import { useCandidateStore } from "./answering/candidateStore";
import { Joined } from "./Joined";
import { interviewRead, type JoinedInterview } from "./participations";

export function CandidateInterviewPage({ id }: { id: string }) {
  const { account } = useSignedIn();
  const answer = useRead(interviewRead(account.id, id));
  const changes = useChanges(answer.mutate);
  const store = useCandidateStore(id);
  return (
    <div className="stack">
      <BackLink href={DASHBOARD}>My interviews</BackLink>
      <Loaded answer={answer} of="the interview">
        {(data) =>
          data ? (
            <AnswerStoreProvider value={store}>
              <Joined {...data} {...changes} />
            </AnswerStoreProvider>
          ) : (
            <NotJoined />
          )
        }
      </Loaded>
    </div>
  );
}

const useChanges = (mutate: KeyedMutator<JoinedInterview | null>) =>
  useMemo(
    (): Pick<AnsweringProps, "refresh" | "change"> => ({
      refresh: () => mutate(),
      change: (change) =>
        mutate((data) => data && { ...data, ...change(data) }, { revalidate: false }),
    }),
    [mutate],
  );

function NotJoined() {
  const { message, hint } = problem("participation_not_found");
  return (
    <>
      <h1>Interview</h1>
      <EmptyState title={message} action={<ButtonLink href={DASHBOARD}>My interviews</ButtonLink>}>
        {hint}
      </EmptyState>
    </>
  );
}
