import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { ErrandNote } from "@/components/ErrandNote";
import { destinationOf } from "@/lib/auth";
import { type ErrandQuery, errandOf, first } from "@/lib/navigation";
import { currentAccount } from "@/lib/supabase/server";
import { SignupForm } from "./SignupForm";

export const metadata: Metadata = { title: "Sign up" };

export default async function SignupPage({ searchParams }: { searchParams: Promise<ErrandQuery> }) {
  const query = await searchParams;
  const errand = errandOf(query);
  if (await currentAccount()) redirect(destinationOf(errand));
  return (
    <div className="stack narrow centred">
      <h1>Sign up</h1>
      <ErrandNote errand={errand} sent={first(query.code)} />
      <SignupForm errand={errand} />
    </div>
  );
}
