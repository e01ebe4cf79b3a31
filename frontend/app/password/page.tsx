import type { Metadata } from "next";
import { type ErrandQuery, errandOf } from "@/lib/navigation";
import { PasswordForm } from "./PasswordForm";

export const metadata: Metadata = { title: "New password" };

export default async function PasswordPage({
  searchParams,
}: {
  searchParams: Promise<ErrandQuery>;
}) {
  return (
    <div className="stack narrow centred">
      <h1>New password</h1>
      <PasswordForm errand={errandOf(await searchParams)} />
    </div>
  );
}
