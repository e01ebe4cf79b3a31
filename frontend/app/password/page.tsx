import type { Metadata } from "next";
import { NewPasswordForm } from "@/features/account/NewPasswordForm";
import { type ErrandQuery, errandOf } from "@/lib/navigation";

export const metadata: Metadata = { title: "New password" };

export default async function PasswordPage({
  searchParams,
}: {
  searchParams: Promise<ErrandQuery>;
}) {
  return (
    <div className="stack narrow centred">
      <h1>New password</h1>
      <NewPasswordForm errand={errandOf(await searchParams)} />
    </div>
  );
}
