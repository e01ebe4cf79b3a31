import type { Metadata } from "next";
import { ConfirmLinkPage } from "@/features/account/ConfirmLinkPage";

export const metadata: Metadata = { title: "Your link" };

export default function ConfirmPage() {
  return (
    <div className="stack narrow centred">
      <ConfirmLinkPage />
    </div>
  );
}
