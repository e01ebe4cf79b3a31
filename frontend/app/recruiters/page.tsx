import type { Metadata } from "next";
import { InterviewsPage } from "@/features/recruiting/InterviewsPage";

export const metadata: Metadata = { title: "Recruiting" };

export default function RecruitersPage() {
  return <InterviewsPage />;
}
