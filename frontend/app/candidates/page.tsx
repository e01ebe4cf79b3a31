import { redirect } from "next/navigation";
import { destinationOf, pathFor } from "@/lib/auth";
import { type ReturnToQuery, returnToFrom } from "@/lib/navigation";
import { currentAccount } from "@/lib/supabase/server";

/** Where the invitation leads: on to the dashboard, or to signing in first. */
export default async function CandidatesPage({
  searchParams,
}: {
  searchParams: Promise<ReturnToQuery>;
}) {
  const returnTo = returnToFrom(await searchParams);
  redirect((await currentAccount()) ? destinationOf(returnTo) : pathFor("/login", returnTo));
}
