import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { InterviewCodeNote } from "@/features/account/InterviewCodeNote";
import { LoginForm } from "@/features/account/LoginForm";
import { destinationOf, pathFor } from "@/lib/auth";
import { type ErrandQuery, errandOf, first } from "@/lib/navigation";
import { currentAccount } from "@/lib/supabase/server";

export const metadata: Metadata = { title: "Sign in" };

export default async function LoginPage({ searchParams }: { searchParams: Promise<ErrandQuery> }) {
  const query = await searchParams;
  const errand = errandOf(query);
  if (await currentAccount()) redirect(destinationOf(errand));
  return (
    <div className="stack narrow centred">
      <h1>Sign in</h1>
      <InterviewCodeNote errand={errand} sent={first(query.code)} />
      <LoginForm errand={errand} />
      <p>
        <Link href={pathFor("/forgot", errand)} prefetch={false}>
          Forgot password?
        </Link>
      </p>
      <p>
        No account yet?{" "}
        <Link href={pathFor("/signup", errand)} prefetch={false}>
          Sign up
        </Link>
        {" — with the address your invitation went to."}
      </p>
    </div>
  );
}
