import type { Metadata } from "next";
import { ServerAnswers } from "@/features/account/ServerAnswers";
import { RecruiterInterviewPage } from "@/features/recruiting/interview/RecruiterInterviewPage";
import { interviewReads } from "@/features/recruiting/queries";
import { first, type Query } from "@/lib/navigation";
import { readAll } from "@/lib/read";
import { createClient } from "@/lib/supabase/server";

export const metadata: Metadata = { title: "Interview" };

interface InterviewRouteProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<Query>;
}

export default async function InterviewRoute({ params, searchParams }: InterviewRouteProps) {
  const [{ id }, query] = await Promise.all([params, searchParams]);
  const reads = interviewReads(id, (name) => first(query[name]));
  const answers = await readAll(await createClient(), Object.values(reads));
  return (
    <ServerAnswers answers={answers}>
      <RecruiterInterviewPage id={id} />
    </ServerAnswers>
  );
}
