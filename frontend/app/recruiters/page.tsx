import type { Metadata } from "next";
import { Recruiting } from "./Recruiting";

export const metadata: Metadata = { title: "Recruiting" };

export default function RecruitersPage() {
  return <Recruiting />;
}
