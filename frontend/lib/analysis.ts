/** A step of the analysis of a response, as far as sentences about it go. */
export interface Step {
  status: string;
  problem: string | null;
}

// The ways in which a recording can be faulty, what matters most first. Technical words alone:
// nothing here is about the person.
const FLAGS: Record<string, (question: string) => string> = {
  unreadable: (question) => `We can’t open your recording for ${question}.`,
  no_sound: (question) => `There is no sound in your answer to ${question}.`,
  no_speech: (question) => `We can’t hear any speech in your answer to ${question}.`,
  black_picture: (question) =>
    `The picture is black in your answer to ${question}. Is the camera covered?`,
  cut_off: (question) => `The recording of your answer to ${question} ends early.`,
  too_quiet: (question) => `The sound is very quiet in your answer to ${question}.`,
  clipped: (question) => `The sound is distorted in your answer to ${question}.`,
};
// What is said already with another one.
const IMPLIED: Record<string, string[]> = {
  unreadable: Object.keys(FLAGS),
  no_sound: ["no_speech", "too_quiet"],
  no_speech: ["too_quiet"],
};

/** What a candidate is told about their recording; empty where nothing was found. */
export function flagsTold(flags: string[], number: number): string[] {
  const found = Object.keys(FLAGS).filter((flag) => flags.includes(flag));
  const implied = new Set(
    found.flatMap((flag) => (IMPLIED[flag] ?? []).filter((other) => other !== flag)),
  );
  return found
    .filter((flag) => !implied.has(flag))
    .map((flag) => FLAGS[flag]?.(`question ${number}`) ?? "");
}

// What was measured, and on what; see docs/analysis.md.
const MEASURED: Record<string, string> = {
  "faster-whisper tiny.en": "8 % of words wrong on native US English; other accents not measured",
  "faster-whisper base": "7 % of words wrong on native US English; other accents not measured",
};

/** What a transcript was made with. */
export interface Engine {
  engine: string | null;
  model: string | null;
  version: string | null;
}

/** "faster-whisper tiny.en, version 1.2.1: 8 % of words wrong on …" */
export function engineTold({ engine, model, version }: Engine): string {
  const name = [engine, model].filter(Boolean).join(" ");
  const error = Object.hasOwn(MEASURED, name) ? MEASURED[name] : "error not measured";
  return `${name || "Unknown engine"}${version ? `, version ${version}` : ""}: ${error}`;
}

/** Why there is nothing to read in a transcript that was made, and where it could not be made. */
const PROBLEMS: Record<string, string> = {
  not_recognized: "The speech was not recognised, so there is no transcript.",
  no_speech: "No speech was found in this recording.",
  language_not_supported: "The model doesn’t know the language of this interview.",
  unreadable: "The recording could not be opened.",
  too_long: "The recording is too long to be written down.",
  too_large: "The recording is too large to be written down.",
  took_too_long: "Writing it down took too long.",
};

/** What is to be told of a transcript instead of its text; null where there is one. */
export function problemTold({ status, problem }: Step): string | null {
  const known = problem && Object.hasOwn(PROBLEMS, problem) ? (PROBLEMS[problem] ?? null) : null;
  if (status === "done") return problem ? (known ?? "There is no transcript.") : null;
  if (status === "failed" || status === "skipped")
    return `No transcript: ${lower(known) || "something went wrong."}`;
  return null;
}

/** Why one is not made, whatever the response; null where it may be. */
export function barrierTold({ analysis, consents }: { analysis: string; consents: boolean }) {
  if (analysis === "off") return "Transcripts are turned off for this interview.";
  if (!consents) return "The candidate has not agreed that software writes down what they say.";
  return null;
}

/** What is to be told of a transcript that is still to come; `analyst` as analysis_state has it. */
export function waitingTold({ status }: Pick<Step, "status">, analyst: string | undefined): string {
  if (status === "running") return "The transcript is being written.";
  if (analyst === "stopped") {
    return "The transcript is waiting: the service that writes it isn’t running at the moment.";
  }
  if (analyst === "paused")
    return "The transcript is waiting: transcripts are paused at the moment.";
  return "The transcript is waiting its turn.";
}

const lower = (sentence: string | null): string =>
  sentence ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : "";

/** Whether an analysis is still to come. */
export const isAwaited = ({ status }: Step): boolean => status === "queued" || status === "running";

/** The languages that can be chosen for an interview, by their names in English. */
export const LANGUAGES: readonly (readonly [string, string])[] = [
  ["en", "English"],
  ["cs", "Czech"],
  ["da", "Danish"],
  ["nl", "Dutch"],
  ["fi", "Finnish"],
  ["fr", "French"],
  ["de", "German"],
  ["el", "Greek"],
  ["hu", "Hungarian"],
  ["it", "Italian"],
  ["ja", "Japanese"],
  ["no", "Norwegian"],
  ["pl", "Polish"],
  ["pt", "Portuguese"],
  ["ro", "Romanian"],
  ["es", "Spanish"],
  ["sv", "Swedish"],
  ["tr", "Turkish"],
  ["uk", "Ukrainian"],
];

/** "German", or the tag itself of a language that is no choice of ours. */
export const languageTold = (tag: string): string =>
  LANGUAGES.find(([known]) => known === tag)?.[1] ?? tag;

/** The choices, and the language that another client has set. */
export const languagesWith = (tag: string): (readonly [string, string])[] =>
  LANGUAGES.some(([known]) => known === tag) ? [...LANGUAGES] : [...LANGUAGES, [tag, tag]];
