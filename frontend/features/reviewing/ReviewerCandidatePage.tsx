"use client";

import { SWRConfig } from "swr";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { STILL, useFreshPage } from "@/features/account/useFresh";
import { CandidateView } from "@/features/recruiting/candidate/CandidateView";
import { judgedFollowed } from "@/features/recruiting/candidate/followed";
import { NotYours } from "@/features/recruiting/candidate/NotYours";
import { BackLink } from "@/ui/BackLink";
import { Loaded } from "@/ui/Loaded";
import { Reviewing } from "./Reviewing";
import { judgedReads, type Reviewed } from "./reads";
import { useCandidateName } from "./useCandidateName";

interface ReviewerCandidatePageProps {
  interviewId: string;
  /** The participant's. */
  id: string;
}

/** One candidate, for somebody who reviews them. */
export function ReviewerCandidatePage({ interviewId, id }: ReviewerCandidatePageProps) {
  return (
    <Reviewing interviewId={interviewId}>
      {(interview, readAgain) => (
        <SWRConfig value={STILL}>
          <OneCandidate {...{ interview, id, readAgain }} />
        </SWRConfig>
      )}
    </Reviewing>
  );
}

interface OneCandidateProps {
  interview: Reviewed;
  id: string;
  readAgain: () => void;
}

function OneCandidate({ interview, id, readAgain }: OneCandidateProps) {
  const { account } = useSignedIn();
  const reads = judgedReads(interview.id, id, account.id);
  const judged = useRead(reads.judged);
  const fresh = useFreshPage(interview.id, judgedFollowed(reads, account.id));
  const nameOf = useCandidateName(interview.id);
  const home = `/reviews/${interview.id}`;
  return (
    <>
      <BackLink href={home}>{interview.title}</BackLink>
      <Loaded answer={judged} of="the candidate">
        {(candidate) =>
          candidate ? (
            <CandidateView
              interviewId={interview.id}
              candidate={candidate}
              name={<h1>{nameOf(candidate)}</h1>}
              criteriaPage={null}
              fresh={fresh}
              onRefused={readAgain}
            />
          ) : (
            <NotYours href={home} />
          )
        }
      </Loaded>
    </>
  );
}
