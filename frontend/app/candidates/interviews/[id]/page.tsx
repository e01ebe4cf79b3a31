import type { Metadata } from "next";
import { CandidateInterviewPage } from "@/features/candidate/CandidateInterviewPage";

export const metadata: Metadata = { title: "Interview" };

export default async function InterviewRoute({ params }: { params: Promise<{ id: string }> }) {
  return <CandidateInterviewPage id={(await params).id} />;
}
