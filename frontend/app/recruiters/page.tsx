import type { Metadata } from "next";
import { ServerAnswers } from "@/features/account/ServerAnswers";
import { InterviewsPage } from "@/features/recruiting/InterviewsPage";
import { listReads } from "@/features/recruiting/queries";
import { first, type Query } from "@/lib/navigation";
import { readAll } from "@/lib/read";
import { createClient } from "@/lib/supabase/server";

export const metadata: Metadata = { title: "Recruiting" };

export default async function RecruitersPage({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams;
  const reads = listReads((name) => first(query[name]));
  const answers = await readAll(await createClient(), Object.values(reads));
  return (
    <ServerAnswers answers={answers}>
      <InterviewsPage />
    </ServerAnswers>
  );
}
