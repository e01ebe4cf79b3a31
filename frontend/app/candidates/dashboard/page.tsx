import type { Metadata } from "next";
import { ServerAnswers } from "@/features/account/ServerAnswers";
import { CandidateDashboard } from "@/features/candidate/CandidateDashboard";
import { participationsRead, unsubscribesRead } from "@/features/candidate/participations";
import { readAll } from "@/lib/read";
import { createClient, currentAccount } from "@/lib/supabase/server";

export const metadata: Metadata = { title: "My interviews" };

export default async function CandidateDashboardPage() {
  const account = await currentAccount();
  const answers = account
    ? await readAll(await createClient(), [
        participationsRead(account.id),
        unsubscribesRead(account.id),
      ])
    : {};
  return (
    <ServerAnswers answers={answers}>
      <CandidateDashboard />
    </ServerAnswers>
  );
}
