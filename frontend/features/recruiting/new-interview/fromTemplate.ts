import { kindsIn } from "@/lib/questionSettings";
import type { Template } from "../templates/reads";
import { type Draft, EMPTY, question } from "./draft";

/** What of a draft begins with a template; null for none. People and deadline stay. */
export function fromTemplate(draft: Draft, template: Template | null): Partial<Draft> {
  // What somebody has written stays; what another template has brought goes with it.
  const title = draft.title && draft.title !== draft.templateTitle ? draft.title : "";
  if (!template) {
    const { questions, criteria, description, notice, kinds, analysis, language } = EMPTY;
    const empty = { questions, criteria, description, notice, kinds, analysis, language };
    return { ...empty, title, template: "", templateTitle: "" };
  }
  return {
    title: title || template.name,
    description: template.interview_description ?? "",
    notice: template.privacy_notice ?? "",
    questions: template.questions.map(({ question: text, ...settings }) =>
      question(text, settings),
    ),
    criteria: template.criteria,
    kinds: kindsIn(template.response_kinds),
    analysis: template.analysis,
    language: template.language,
    template: template.id,
    templateTitle: template.name,
  };
}
