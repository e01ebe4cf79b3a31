import type { Metadata } from "next";
import { ServerAnswers } from "@/features/account/ServerAnswers";
import { ReviewerCandidatePage } from "@/features/reviewing/ReviewerCandidatePage";
import { judgedReads } from "@/features/reviewing/reads";
import { readAll } from "@/lib/read";
import { createClient, currentAccount } from "@/lib/supabase/server";

export const metadata: Metadata = { title: "Candidate" };

interface CandidateRouteProps {
  params: Promise<{ id: string; participant: string }>;
}

export default async function CandidateRoute({ params }: CandidateRouteProps) {
  const { id, participant } = await params;
  const account = await currentAccount();
  const reads = judgedReads(id, participant, account?.id ?? "");
  const answers = await readAll(await createClient(), Object.values(reads));
  return (
    <ServerAnswers answers={answers}>
      <ReviewerCandidatePage interviewId={id} id={participant} />
    </ServerAnswers>
  );
}
