import type { Person } from "@/lib/addresses";
import { draftKey, parsedDraft, textIn } from "@/lib/drafts";
import {
  DEFAULT_SETTINGS,
  kindsIn,
  type QuestionSettings,
  settingsIn,
} from "@/lib/questionSettings";
import { type AnalysisSettings, USUAL_ANALYSIS } from "../AnalysisFields";
import type { NewCriterion } from "../templates/reads";

/** A text in a list, with a name that stays with it. */
export interface Item {
  id: number;
  text: string;
}

/** A question with how it may be answered. */
export interface DraftQuestion extends Item {
  settings: QuestionSettings;
}

/** Someone to be invited: the text is their address. */
export interface DraftCandidate extends Item {
  name: string | null;
}

/** What somebody has entered into the window. */
export interface Draft extends AnalysisSettings {
  step: 1 | 2 | 3;
  title: string;
  description: string;
  notice: string;
  /** As its field has it: the reader's own clock. */
  deadline: string;
  questions: DraftQuestion[];
  /** What a template has brought along. */
  criteria: NewCriterion[];
  /** The id of the template that it began with, and the title that came of it. */
  template: string;
  templateTitle: string;
  /** How candidates may answer. */
  kinds: string[];
  addresses: DraftCandidate[];
  /** In the box for addresses, not yet in the list. */
  typed: string;
  /** When creating it was first tried without an answer, and as what: it may exist. */
  triedAt: string;
  triedTitle: string;
}

let last = 0;

/** An item of a list. */
export function item(text: string): Item {
  last += 1;
  return { id: last, text };
}

/** A candidate of the list. */
export const candidate = ({ email, name }: Person): DraftCandidate => ({ ...item(email), name });

/** A question of the list. */
export const question = (text: string, settings: QuestionSettings = DEFAULT_SETTINGS) => ({
  ...item(text),
  settings,
});

export const EMPTY: Draft = {
  step: 1,
  title: "",
  description: "",
  notice: "",
  deadline: "",
  questions: [],
  criteria: [],
  template: "",
  templateTitle: "",
  kinds: kindsIn(null),
  ...USUAL_ANALYSIS,
  addresses: [],
  typed: "",
  triedAt: "",
  triedTitle: "",
};

/** Where an account's draft is kept. */
export const newInterviewKey = (accountId: string): string => draftKey(accountId, "new-interview");

/** For keeping; null when nothing was entered. */
export function keptForm(draft: Draft): string | null {
  const texts = [draft.title, draft.description, draft.notice, draft.deadline, draft.typed];
  if (!texts.some(Boolean) && !draft.questions.length && !draft.addresses.length) return null;
  const { questions, addresses } = draft;
  return JSON.stringify({
    ...draft,
    questions: questions.map(({ text, settings }) => ({ text, settings })),
    addresses: addresses.map(keptCandidate),
  });
}

/** What was kept, whatever became of it since; null when it is nothing. */
export function draftFrom(text: string | null): Draft | null {
  const kept = parsedDraft(text);
  if (!kept) return null;
  return {
    step: kept.step === 2 || kept.step === 3 ? kept.step : 1,
    title: textIn(kept.title),
    description: textIn(kept.description),
    notice: textIn(kept.notice),
    deadline: textIn(kept.deadline),
    questions: Array.isArray(kept.questions) ? kept.questions.map(questionIn) : [],
    criteria: Array.isArray(kept.criteria) ? kept.criteria.flatMap(criterionIn) : [],
    template: textIn(kept.template),
    templateTitle: textIn(kept.templateTitle),
    kinds: kindsIn(kept.kinds),
    analysis: kept.analysis === "off" ? "off" : USUAL_ANALYSIS.analysis,
    language: textIn(kept.language) || USUAL_ANALYSIS.language,
    addresses: candidatesIn(kept.addresses),
    typed: textIn(kept.typed),
    triedAt: textIn(kept.triedAt),
    triedTitle: textIn(kept.triedTitle),
  };
}

/** A candidate for keeping. */
export const keptCandidate = ({ text, name }: DraftCandidate): Person | string =>
  name ? { email: text, name } : text;

/** Candidates that were kept; those without a name as a text alone. */
export function candidatesIn(kept: unknown): DraftCandidate[] {
  const list: unknown[] = Array.isArray(kept) ? kept : [];
  return list.flatMap((entry) => {
    const from: Record<string, unknown> =
      typeof entry === "object" && entry ? { ...entry } : { email: entry };
    const email = textIn(from.email);
    return email ? [candidate({ email, name: textIn(from.name) || null })] : [];
  });
}

/** A question that was kept: with its settings, or as a text alone, as they were kept before. */
function questionIn(kept: unknown): DraftQuestion {
  if (typeof kept === "string") return question(kept);
  const from: Record<string, unknown> = typeof kept === "object" && kept ? { ...kept } : {};
  return question(textIn(from.text), settingsIn(from.settings));
}

/** A criterion that was kept; none where a part of it is missing. */
function criterionIn(kept: unknown): NewCriterion[] {
  const from: Record<string, unknown> = typeof kept === "object" && kept ? { ...kept } : {};
  const levels = textsIn(from.levels);
  const name = textIn(from.name);
  if (!name || levels.length !== 4) return [];
  return [{ name, description: textIn(from.description), levels, terms: textsIn(from.terms) }];
}

const textsIn = (kept: unknown): string[] =>
  Array.isArray(kept) ? kept.map(textIn).filter(Boolean) : [];

/** The title of a draft that was kept; empty where it has none. */
export const draftTitle = (text: string): string => textIn(parsedDraft(text)?.title).trim();
