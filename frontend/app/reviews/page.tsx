import type { Metadata } from "next";
import { ServerAnswers } from "@/features/account/ServerAnswers";
import { ReviewsPage } from "@/features/reviewing/ReviewsPage";
import { toReviewRead } from "@/features/reviewing/reads";
import { readAll } from "@/lib/read";
import { createClient, currentAccount } from "@/lib/supabase/server";

export const metadata: Metadata = { title: "Reviews" };

export default async function ReviewsRoute() {
  const account = await currentAccount();
  const answers = await readAll(await createClient(), [toReviewRead(account?.id ?? "")]);
  return (
    <ServerAnswers answers={answers}>
      <ReviewsPage />
    </ServerAnswers>
  );
}
