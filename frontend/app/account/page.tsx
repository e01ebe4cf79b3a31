import type { Metadata } from "next";
import { AccountPage } from "@/features/account/AccountPage";
import { accountReads } from "@/features/account/reads";
import { ServerAnswers } from "@/features/account/ServerAnswers";
import { readAll } from "@/lib/read";
import { createClient, currentAccount, recruits } from "@/lib/supabase/server";

export const metadata: Metadata = { title: "Account" };

export default async function AccountRoute() {
  const [account, recruiting] = await Promise.all([currentAccount(), recruits()]);
  const reads = accountReads(account?.id ?? "");
  const answers = await readAll(await createClient(), Object.values(reads));
  return (
    <ServerAnswers answers={answers}>
      <AccountPage recruits={recruiting} />
    </ServerAnswers>
  );
}
