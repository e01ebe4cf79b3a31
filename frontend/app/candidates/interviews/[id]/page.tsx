import type { Metadata } from "next";
import { InterviewPage } from "./InterviewPage";

export const metadata: Metadata = { title: "Interview" };

export default async function CandidateInterviewPage({
  params,
}: {
  params: Promise<{ id: string }>;
}) {
  return <InterviewPage id={(await params).id} />;
}
