import type { Metadata } from "next";
import { CandidateDashboard } from "@/features/candidate/CandidateDashboard";
import { interviewCode } from "@/lib/code";
import { first } from "@/lib/navigation";

export const metadata: Metadata = { title: "My interviews" };

interface Query {
  code?: string | string[];
}

export default async function CandidateDashboardPage({
  searchParams,
}: {
  searchParams: Promise<Query>;
}) {
  return <CandidateDashboard code={interviewCode(first((await searchParams).code))} />;
}
