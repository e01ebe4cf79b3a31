import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { InterviewCodeNote } from "@/features/account/InterviewCodeNote";
import { LoginForm } from "@/features/account/LoginForm";
import { destinationOf, pathFor } from "@/lib/auth";
import { first, type ReturnToQuery, returnToFrom } from "@/lib/navigation";
import { currentAccount } from "@/lib/supabase/server";
import { PageLink } from "@/ui/PageLink";

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
        <PageLink href={pathFor("/forgot", returnTo)}>Forgot password?</PageLink>
      </p>
      <p>
        No account yet? <PageLink href={pathFor("/signup", returnTo)}>Sign up</PageLink>
        {" with the address your invitation was sent to."}
      </p>
    </div>
  );
}
