import { redirect } from "next/navigation";
import { DASHBOARD } from "@/lib/navigation";
import { currentAccount, recruits, reviews } from "@/lib/supabase/server";

/** Leads to where people's work is. */
export default async function StartPage() {
  if (!(await currentAccount())) redirect("/login");
  if (await recruits()) redirect("/recruiters");
  redirect((await reviews()) ? "/reviews" : DASHBOARD);
}
