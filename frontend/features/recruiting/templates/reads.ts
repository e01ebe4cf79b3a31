import type { Tables } from "@/lib/database.types";
import { dataOf } from "@/lib/errors";
import type { QuestionSettings } from "@/lib/questionSettings";
import type { Read } from "@/lib/read";
import type { Supabase } from "@/lib/supabase/browser";

/** A question of a template. */
export type TemplateQuestion = QuestionSettings & { question: string };

/** A criterion of a template, as `create_interview` takes it. */
export interface NewCriterion {
  name: string;
  description: string;
  levels: string[];
  terms: string[];
}

/** What an interview can begin with; without an owner, it is there for everybody. */
export type Template = Omit<Tables<"interview_templates">, "questions" | "criteria"> & {
  questions: TemplateQuestion[];
  criteria: NewCriterion[];
};

type Row = Tables<"interview_templates">;
// The database holds both to these shapes.
const templateOf = ({ questions, criteria, ...row }: Row): Template => ({
  ...row,
  questions: questions as unknown as TemplateQuestion[],
  criteria: criteria as unknown as NewCriterion[],
});

/** All templates that the account sees, by name. */
export const templatesRead: Read<Template[]> = {
  key: ["templates"],
  from: async (supabase) =>
    (await dataOf(supabase.from("interview_templates").select("*").order("name").order("id"))).map(
      templateOf,
    ),
};

export type TemplateName = Pick<Template, "id" | "owner_id" | "name">;

/** The same without what is in them. */
export const templateNamesRead: Read<TemplateName[]> = {
  key: ["template-names"],
  from: (supabase) =>
    dataOf(
      supabase.from("interview_templates").select("id, owner_id, name").order("name").order("id"),
    ),
};

/** One of them; null when it is gone. */
export async function templateWith(supabase: Supabase, id: string): Promise<Template | null> {
  const row = await dataOf(
    supabase.from("interview_templates").select("*").eq("id", id).maybeSingle(),
  );
  return row && templateOf(row);
}

/** One's own and those for everybody, apart. */
export const parted = <Some extends TemplateName>(templates: Some[]) => ({
  own: templates.filter(({ owner_id }) => owner_id !== null),
  shipped: templates.filter(({ owner_id }) => owner_id === null),
});
