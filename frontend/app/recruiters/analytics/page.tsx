import type { Metadata } from "next";
import { ServerAnswers } from "@/features/account/ServerAnswers";
import { AnalyticsPage } from "@/features/recruiting/analytics/AnalyticsPage";
import { analyticsReads } from "@/features/recruiting/analytics/reads";
import { first, type Query } from "@/lib/navigation";
import { readAll } from "@/lib/read";
import { currentReader } from "@/lib/reader";
import { createClient, currentAccount } from "@/lib/supabase/server";

export const metadata: Metadata = { title: "Analytics" };

export default async function AnalyticsRoute({ searchParams }: { searchParams: Promise<Query> }) {
  const [query, account, { timeZone }] = await Promise.all([
    searchParams,
    currentAccount(),
    currentReader(),
  ]);
  const reads = analyticsReads(account?.id ?? "", (name) => first(query[name]), timeZone);
  const answers = await readAll(await createClient(), Object.values(reads));
  return (
    <ServerAnswers answers={answers}>
      <AnalyticsPage />
    </ServerAnswers>
  );
}
