"use client";

import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { useFresh } from "@/features/account/useFresh";
import { BackLink } from "@/ui/BackLink";
import { Loaded } from "@/ui/Loaded";
import { useTimeZone } from "@/ui/Time";
import { useParams } from "@/ui/useParams";
import styles from "./Analytics.module.css";
import { Completions } from "./Completions";
import { Filters } from "./Filters";
import { Funnel } from "./Funnel";
import { Interviews } from "./Interviews";
import { analyticsReads, askedIn } from "./reads";

/** What became of the people who were invited, over all interviews or one, in a period. */
export function AnalyticsPage() {
  const { account } = useSignedIn();
  const { param } = useParams();
  const zone = useTimeZone();
  const asked = askedIn(param, zone);
  const reads = analyticsReads(account.id, param, zone);
  const answer = useRead(reads.analytics);
  const titles = useRead(reads.titles);
  useFresh(answer.error ? null : asked.interviewId, () => void answer.mutate());
  return (
    <div className="stack">
      <BackLink href="/recruiters">Recruiting</BackLink>
      <h1>Analytics</h1>
      <Filters {...asked} titles={titles.data ?? []} />
      <Loaded answer={answer} of="the analytics">
        {(data) => (
          <div className={styles.page} aria-busy={answer.isLoading}>
            <Funnel figures={data.total} period={asked.period} />
            <Completions data={data} period={asked.period} />
            {!asked.interviewId && <Interviews data={data} period={asked.period} />}
          </div>
        )}
      </Loaded>
    </div>
  );
}
