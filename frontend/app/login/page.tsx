import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { InterviewCodeNote } from "@/features/account/InterviewCodeNote";
import { LoginForm } from "@/features/account/LoginForm";
import { destinationOf, pathFor } from "@/lib/auth";
import { first, type ReturnToQuery, returnToFrom } from "@/lib/navigation";
import { currentAccount } from "@/lib/supabase/server";

export const metadata: Metadata = { title: "Sign in" };

export default async function LoginPage({
  searchParams,
}: {
  searchParams: Promise<ReturnToQuery>;
}) {
  const query = await searchParams;
  const returnTo = returnToFrom(query);
  if (await currentAccount()) redirect(destinationOf(returnTo));
  return (
    <div className="stack narrow centred">
      <h1>Sign in</h1>
      <InterviewCodeNote returnTo={returnTo} sent={first(query.code)} />
      <LoginForm returnTo={returnTo} />
      <p>
        <Link href={pathFor("/forgot", returnTo)} prefetch={false}>
          Forgot password?
        </Link>
      </p>
      <p>
        No account yet?{" "}
        <Link href={pathFor("/signup", returnTo)} prefetch={false}>
          Sign up
        </Link>
        {" — with the address your invitation went to."}
      </p>
    </div>
  );
}
