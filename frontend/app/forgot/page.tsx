import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { ForgotPasswordForm } from "@/features/account/ForgotPasswordForm";
import { InterviewCodeNote } from "@/features/account/InterviewCodeNote";
import { pathFor } from "@/lib/auth";
import { first, type ReturnToQuery, returnToFrom } from "@/lib/navigation";
import { currentAccount } from "@/lib/supabase/server";
import { PageLink } from "@/ui/PageLink";

export const metadata: Metadata = { title: "Forgot password" };

export default async function ForgotPage({
  searchParams,
}: {
  searchParams: Promise<ReturnToQuery>;
}) {
  const query = await searchParams;
  const returnTo = returnToFrom(query);
  if (await currentAccount()) redirect(pathFor("/password", returnTo));
  return (
    <div className="stack narrow centred">
      <h1>Forgot password</h1>
      <InterviewCodeNote returnTo={returnTo} sent={first(query.code)} />
      <ForgotPasswordForm returnTo={returnTo} />
      <p>
        Remembered it? <PageLink href={pathFor("/login", returnTo)}>Sign in</PageLink>
      </p>
    </div>
  );
}
