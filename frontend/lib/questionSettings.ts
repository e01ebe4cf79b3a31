import { kindsOf } from "./answers.ts";
import type { Tables } from "./database.types";
import { plural } from "./format.ts";
import { type Kind, length } from "./recording.ts";

/** How a question may be answered. */
export type QuestionSettings = Pick<
  Tables<"interview_questions">,
  "max_seconds" | "max_takes" | "preparation_seconds" | "required"
>;

/** What our screens begin with; the database's own defaults are made for others' screens. */
export const DEFAULT_SETTINGS: QuestionSettings = {
  max_seconds: 120,
  max_takes: 3,
  preparation_seconds: 0,
  required: true,
};

// Within what the database takes.
export const LENGTHS = [30, 60, 90, 120, 180, 300, 600];
export const TAKES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
export const PREPARATIONS = [0, 15, 30, 60, 120, 300, 600];

/** The choices, and the value where another client has set one that is none of them. */
export const choicesWith = (choices: number[], value: number): number[] =>
  [...new Set([...choices, value])].sort((a, b) => a - b);

/** "2 minutes, 3 takes, 30 seconds to prepare, required" */
export const settingsTold = (settings: QuestionSettings): string =>
  [
    length(settings.max_seconds),
    plural(settings.max_takes, "take"),
    settings.preparation_seconds > 0 && `${length(settings.preparation_seconds)} to prepare`,
    settings.required ? "required" : "optional",
  ]
    .filter(Boolean)
    .join(", ");

/** The settings in something that was kept; defaults where it has none. */
export function settingsIn(kept: unknown): QuestionSettings {
  const from: Record<string, unknown> = typeof kept === "object" && kept ? { ...kept } : {};
  const number = (name: keyof QuestionSettings, choices: number[], usual: number): number =>
    choices.find((choice) => choice === from[name]) ?? usual;
  const { max_seconds, max_takes, preparation_seconds, required } = DEFAULT_SETTINGS;
  return {
    max_seconds: number("max_seconds", LENGTHS, max_seconds),
    max_takes: number("max_takes", TAKES, max_takes),
    preparation_seconds: number("preparation_seconds", PREPARATIONS, preparation_seconds),
    required: typeof from.required === "boolean" ? from.required : required,
  };
}

export const KINDS: Kind[] = ["video", "audio", "text"];

export const KIND_NAMES: Record<string, string> = { video: "Video", audio: "Audio", text: "Text" };

/** The kinds in something that was kept, in their order; the usual ones where it is none. */
export function kindsIn(kept: unknown): Kind[] {
  return kindsOf(Array.isArray(kept) ? kept : ["video", "audio"]);
}

const LIST = new Intl.ListFormat("en-GB", { type: "disjunction" });

/** "video, audio or text" */
export const kindsTold = (kinds: string[]): string => LIST.format(kinds);
