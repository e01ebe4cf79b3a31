import type { Metadata } from "next";
import { ServerAnswers } from "@/features/account/ServerAnswers";
import { templatesRead } from "@/features/recruiting/templates/reads";
import { TemplatesPage } from "@/features/recruiting/templates/TemplatesPage";
import { readAll } from "@/lib/read";
import { createClient } from "@/lib/supabase/server";

export const metadata: Metadata = { title: "Templates" };

export default async function TemplatesRoute() {
  const answers = await readAll(await createClient(), [templatesRead]);
  return (
    <ServerAnswers answers={answers}>
      <TemplatesPage />
    </ServerAnswers>
  );
}
