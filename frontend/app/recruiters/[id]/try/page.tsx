import type { Metadata } from "next";
import { ServerAnswers } from "@/features/account/ServerAnswers";
import { TrialPage } from "@/features/candidate/trial/TrialPage";
import { trialRead } from "@/features/candidate/trial/trialRead";
import { NotYours } from "@/features/recruiting/interview/NotYours";
import { readAll } from "@/lib/read";
import { createClient, currentAccount } from "@/lib/supabase/server";

export const metadata: Metadata = { title: "Try as a candidate" };

export default async function TrialRoute({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const account = await currentAccount();
  const answers = account ? await readAll(await createClient(), [trialRead(account.id, id)]) : {};
  return (
    <ServerAnswers answers={answers}>
      <TrialPage id={id} notFound={<NotYours />} />
    </ServerAnswers>
  );
}
