"use client";

import { useRead } from "@/features/account/ServerAnswers";
import { useFresh } from "@/features/account/useFresh";
import { BackLink } from "@/ui/BackLink";
import { Loaded } from "@/ui/Loaded";
import { useParams } from "@/ui/useParams";
import { CandidatesSection } from "../candidates/CandidatesSection";
import { DeliveryStatus } from "../DeliveryStatus";
import { Figures } from "../InterviewList";
import { interviewReads } from "../queries";
import { CriteriaSection } from "./CriteriaSection";
import { InterviewHeading } from "./InterviewHeading";
import { NotYours } from "./NotYours";
import { QuestionsSection } from "./QuestionsSection";
import styles from "./RecruiterInterviewPage.module.css";
import { ReviewersSection } from "./ReviewersSection";

/** One interview of the signed-in recruiter: all that is known of it and can be done about it. */
export function RecruiterInterviewPage({ id }: { id: string }) {
  const { param } = useParams();
  const reads = interviewReads(id, param);
  const overview = useRead(reads.overview);
  useFresh(id, () => void overview.mutate());
  const delivery = useRead(reads.delivery, { refreshInterval: 30_000 });
  return (
    <div className="stack">
      <BackLink href="/recruiters">Recruiting</BackLink>
      <Loaded answer={overview} of="the interview" count={4}>
        {(data) =>
          data ? (
            <article className={styles.page}>
              <InterviewHeading interview={data.interview} />
              <div className={`card ${styles.numbers}`}>
                <Figures stats={data.stats} />
                <DeliveryStatus state={delivery.data} />
              </div>
              <CandidatesSection {...data} />
              <QuestionsSection interview={data.interview} />
              <CriteriaSection interview={data.interview} />
              <ReviewersSection interview={data.interview} />
            </article>
          ) : (
            <NotYours />
          )
        }
      </Loaded>
    </div>
  );
}
