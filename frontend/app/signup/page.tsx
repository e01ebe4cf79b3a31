import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { InterviewCodeNote } from "@/features/account/InterviewCodeNote";
import { SignupForm } from "@/features/account/SignupForm";
import { destinationOf } from "@/lib/auth";
import { type ErrandQuery, errandOf, first } from "@/lib/navigation";
import { currentAccount } from "@/lib/supabase/server";

export const metadata: Metadata = { title: "Sign up" };

export default async function SignupPage({ searchParams }: { searchParams: Promise<ErrandQuery> }) {
  const query = await searchParams;
  const errand = errandOf(query);
  if (await currentAccount()) redirect(destinationOf(errand));
  return (
    <div className="stack narrow centred">
      <h1>Sign up</h1>
      <InterviewCodeNote errand={errand} sent={first(query.code)} />
      <SignupForm errand={errand} />
    </div>
  );
}
