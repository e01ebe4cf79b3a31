import type { Metadata } from "next";
import { interviewCode } from "@/lib/code";
import { first } from "@/lib/navigation";
import { Dashboard } from "./Dashboard";

export const metadata: Metadata = { title: "My interviews" };

interface Query {
  code?: string | string[];
}

export default async function CandidateDashboardPage({
  searchParams,
}: {
  searchParams: Promise<Query>;
}) {
  return <Dashboard code={interviewCode(first((await searchParams).code))} />;
}
