import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { InterviewCodeNote } from "@/features/account/InterviewCodeNote";
import { SignupForm } from "@/features/account/SignupForm";
import { destinationOf } from "@/lib/auth";
import { first, type ReturnToQuery, returnToFrom } from "@/lib/navigation";
import { currentAccount } from "@/lib/supabase/server";

export const metadata: Metadata = { title: "Sign up" };

export default async function SignupPage({
  searchParams,
}: {
  searchParams: Promise<ReturnToQuery>;
}) {
  const query = await searchParams;
  const returnTo = returnToFrom(query);
  if (await currentAccount()) redirect(destinationOf(returnTo));
  return (
    <div className="stack narrow centred">
      <h1>Sign up</h1>
      <InterviewCodeNote returnTo={returnTo} sent={first(query.code)} />
      <SignupForm returnTo={returnTo} />
    </div>
  );
}
