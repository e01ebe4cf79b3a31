import type { Metadata } from "next";
import { NewPasswordForm } from "@/features/account/NewPasswordForm";
import { type ReturnToQuery, returnToFrom } from "@/lib/navigation";

export const metadata: Metadata = { title: "New password" };

export default async function PasswordPage({
  searchParams,
}: {
  searchParams: Promise<ReturnToQuery>;
}) {
  return (
    <div className="stack narrow centred">
      <h1>New password</h1>
      <NewPasswordForm returnTo={returnToFrom(await searchParams)} />
    </div>
  );
}
