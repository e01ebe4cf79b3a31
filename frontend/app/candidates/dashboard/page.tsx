import type { Metadata } from "next";

export const metadata: Metadata = { title: "My interviews" };

export default function CandidateDashboardPage() {
  return <h1>My interviews</h1>;
}
