import type { Metadata } from "next";
import { RecruiterInterviewPage } from "@/features/recruiting/interview/RecruiterInterviewPage";

export const metadata: Metadata = { title: "Interview" };

export default async function OwnInterviewPage({ params }: { params: Promise<{ id: string }> }) {
  return <RecruiterInterviewPage id={(await params).id} />;
}
