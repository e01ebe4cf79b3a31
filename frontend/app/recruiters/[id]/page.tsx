import type { Metadata } from "next";
import { OwnInterview } from "./OwnInterview";

export const metadata: Metadata = { title: "Interview" };

export default async function OwnInterviewPage({ params }: { params: Promise<{ id: string }> }) {
  return <OwnInterview id={(await params).id} />;
}
