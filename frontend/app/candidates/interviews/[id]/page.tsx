import type { Metadata } from "next";
import { ServerAnswers } from "@/features/account/ServerAnswers";
import { CandidateInterviewPage } from "@/features/candidate/CandidateInterviewPage";
import { interviewRead } from "@/features/candidate/participations";
import { readAll } from "@/lib/read";
import { createClient, currentAccount } from "@/lib/supabase/server";

export const metadata: Metadata = { title: "Interview" };

export default async function InterviewRoute({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const account = await currentAccount();
  const answers = account
    ? await readAll(await createClient(), [interviewRead(account.id, id)])
    : {};
  return (
    <ServerAnswers answers={answers}>
      <CandidateInterviewPage id={id} />
    </ServerAnswers>
  );
}
