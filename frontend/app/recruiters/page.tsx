import type { Metadata } from "next";
import { EmptyState } from "@/components/EmptyState";

export const metadata: Metadata = { title: "Recruiting" };

export default function RecruitersPage() {
  return (
    <div className="stack">
      <h1>Recruiting</h1>
      <EmptyState title="Nothing here yet">The recruiter's screens come next.</EmptyState>
    </div>
  );
}
