import { redirect } from "next/navigation";
import { currentAccount } from "@/lib/supabase/server";

export default async function StartPage() {
  redirect((await currentAccount()) ? "/candidates/dashboard" : "/login");
}
