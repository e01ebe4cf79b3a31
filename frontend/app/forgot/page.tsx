import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { ForgotPasswordForm } from "@/features/account/ForgotPasswordForm";
import { InterviewCodeNote } from "@/features/account/InterviewCodeNote";
import { pathFor } from "@/lib/auth";
import { type ErrandQuery, errandOf, first } from "@/lib/navigation";
import { currentAccount } from "@/lib/supabase/server";

export const metadata: Metadata = { title: "Forgot password" };

export default async function ForgotPage({ searchParams }: { searchParams: Promise<ErrandQuery> }) {
  const query = await searchParams;
  const errand = errandOf(query);
  if (await currentAccount()) redirect(pathFor("/password", errand));
  return (
    <div className="stack narrow centred">
      <h1>Forgot password</h1>
      <InterviewCodeNote errand={errand} sent={first(query.code)} />
      <ForgotPasswordForm errand={errand} />
      <p>
        It came back to you?{" "}
        <Link href={pathFor("/login", errand)} prefetch={false}>
          Sign in
        </Link>
      </p>
    </div>
  );
}
