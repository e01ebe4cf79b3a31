import type { Metadata } from "next";
import { ServerAnswers } from "@/features/account/ServerAnswers";
import { ReviewerComparePage } from "@/features/reviewing/ReviewerComparePage";
import { comparedReads } from "@/features/reviewing/reads";
import { first, type Query } from "@/lib/navigation";
import { readAll } from "@/lib/read";
import { createClient, currentAccount } from "@/lib/supabase/server";

export const metadata: Metadata = { title: "Compare answers" };

interface CompareRouteProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<Query>;
}

export default async function CompareRoute({ params, searchParams }: CompareRouteProps) {
  const [{ id }, query] = await Promise.all([params, searchParams]);
  const account = await currentAccount();
  const reads = comparedReads(id, account?.id ?? "", (name) => first(query[name]));
  const answers = await readAll(await createClient(), Object.values(reads));
  return (
    <ServerAnswers answers={answers}>
      <ReviewerComparePage interviewId={id} />
    </ServerAnswers>
  );
}
