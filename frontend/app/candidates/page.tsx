import { redirect } from "next/navigation";
import { destinationOf, pathFor } from "@/lib/auth";
import { type ErrandQuery, errandOf } from "@/lib/navigation";
import { currentAccount } from "@/lib/supabase/server";

/** Where the invitation leads: on to the dashboard, or to signing in first. */
export default async function CandidatesPage({
  searchParams,
}: {
  searchParams: Promise<ErrandQuery>;
}) {
  const errand = errandOf(await searchParams);
  redirect((await currentAccount()) ? destinationOf(errand) : pathFor("/login", errand));
}
