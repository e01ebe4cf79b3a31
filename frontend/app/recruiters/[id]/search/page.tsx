import type { Metadata } from "next";
import { ServerAnswers } from "@/features/account/ServerAnswers";
import { searchReads } from "@/features/recruiting/search/reads";
import { SearchPage } from "@/features/recruiting/search/SearchPage";
import { first, type Query } from "@/lib/navigation";
import { readAll } from "@/lib/read";
import { createClient, currentAccount } from "@/lib/supabase/server";

export const metadata: Metadata = { title: "Search in answers" };

interface SearchRouteProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<Query>;
}

export default async function SearchRoute({ params, searchParams }: SearchRouteProps) {
  const [{ id }, query] = await Promise.all([params, searchParams]);
  const account = await currentAccount();
  const reads = searchReads(id, account?.id ?? "", first(query.q) ?? "");
  const answers = await readAll(await createClient(), Object.values(reads));
  return (
    <ServerAnswers answers={answers}>
      <SearchPage id={id} />
    </ServerAnswers>
  );
}
