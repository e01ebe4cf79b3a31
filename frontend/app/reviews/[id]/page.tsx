import type { Metadata } from "next";
import { ServerAnswers } from "@/features/account/ServerAnswers";
import { ReviewedInterviewPage } from "@/features/reviewing/ReviewedInterviewPage";
import { reviewedReads } from "@/features/reviewing/reads";
import { first, type Query } from "@/lib/navigation";
import { readAll } from "@/lib/read";
import { createClient, currentAccount } from "@/lib/supabase/server";

export const metadata: Metadata = { title: "Interview to review" };

interface ReviewedRouteProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<Query>;
}

export default async function ReviewedRoute({ params, searchParams }: ReviewedRouteProps) {
  const [{ id }, query] = await Promise.all([params, searchParams]);
  const account = await currentAccount();
  const reads = reviewedReads(id, account?.id ?? "", (name) => first(query[name]));
  const answers = await readAll(await createClient(), Object.values(reads));
  return (
    <ServerAnswers answers={answers}>
      <ReviewedInterviewPage interviewId={id} />
    </ServerAnswers>
  );
}
