import type { Metadata } from "next";
import { Confirmation } from "./Confirmation";

export const metadata: Metadata = { title: "Confirming your address" };

export default function ConfirmPage() {
  return (
    <div className="stack narrow centred">
      <Confirmation />
    </div>
  );
}
