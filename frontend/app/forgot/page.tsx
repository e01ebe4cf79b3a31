import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { ErrandNote } from "@/components/ErrandNote";
import { pathFor } from "@/lib/auth";
import { type ErrandQuery, errandOf, first } from "@/lib/navigation";
import { currentAccount } from "@/lib/supabase/server";
import { ForgotForm } from "./ForgotForm";

export const metadata: Metadata = { title: "Forgot password" };

export default async function ForgotPage({ searchParams }: { searchParams: Promise<ErrandQuery> }) {
  const query = await searchParams;
  const errand = errandOf(query);
  if (await currentAccount()) redirect(pathFor("/password", errand));
  return (
    <div className="stack narrow centred">
      <h1>Forgot password</h1>
      <ErrandNote errand={errand} sent={first(query.code)} />
      <ForgotForm errand={errand} />
      <p>
        It came back to you?{" "}
        <Link href={pathFor("/login", errand)} prefetch={false}>
          Sign in
        </Link>
      </p>
    </div>
  );
}
