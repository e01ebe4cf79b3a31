import { parsedDraft, textIn } from "./drafts.ts";

/** What is entered about one criterion. */
export interface Rating {
  level: number | null;
  note: string;
}

/** What is entered into a review; the ratings by their criterion's id. */
export interface ReviewForm {
  ratings: Record<string, Rating>;
  note: string;
}

/** The same while it is written, with the saved version that it was begun on, as `textOf` has it. */
export interface ReviewDraft extends ReviewForm {
  base: string;
}

/** A review as it is saved. */
export interface SavedReview {
  note: string;
  ratings: { criterion_id: string; level: number; note: string }[];
}

export const NO_RATING: Rating = { level: null, note: "" };

const isEmpty = ({ level, note }: Rating): boolean => level === null && !note.trim();

/** A saved review as the form has it; an empty form when there is none. */
export const formOf = (review: SavedReview | null): ReviewForm => ({
  ratings: Object.fromEntries(
    (review?.ratings ?? []).map(({ criterion_id, level, note }) => [criterion_id, { level, note }]),
  ),
  note: review?.note ?? "",
});

/** The same text for two forms that say the same. */
export const textOf = ({ ratings, note }: ReviewForm): string =>
  JSON.stringify([
    note.trim(),
    ...Object.entries(ratings)
      .filter(([, rating]) => !isEmpty(rating))
      .map(([id, { level, note }]) => [id, level, note.trim()])
      .sort(([one], [other]) => String(one).localeCompare(String(other))),
  ]);

export const begunOn = (review: SavedReview | null): ReviewDraft => {
  const form = formOf(review);
  return { ...form, base: textOf(form) };
};

/** For keeping; null when nothing differs from what it was begun on. */
export const keptReview = (draft: ReviewDraft): string | null =>
  textOf(draft) === draft.base ? null : JSON.stringify(draft);

/** What was kept, whatever became of it since; what is saved when that is nothing. */
export function reviewIn(text: string | null, saved: SavedReview | null): ReviewDraft {
  const kept = parsedDraft(text);
  if (!kept) return begunOn(saved);
  const ratings = typeof kept.ratings === "object" && kept.ratings ? { ...kept.ratings } : {};
  return {
    base: textIn(kept.base),
    note: textIn(kept.note),
    ratings: Object.fromEntries(
      Object.entries(ratings).map(([id, rating]) => [id, ratingIn(rating)]),
    ),
  };
}

function ratingIn(kept: unknown): Rating {
  const { level, note }: Record<string, unknown> =
    typeof kept === "object" && kept ? { ...kept } : {};
  return { level: typeof level === "number" ? level : null, note: textIn(note) };
}

/** The form without ratings of criteria that there are no more. */
export const withinCriteria = ({ ratings, note }: ReviewForm, ids: string[]): ReviewForm => ({
  note,
  ratings: Object.fromEntries(ids.map((id) => [id, ratings[id] ?? NO_RATING])),
});

/** The ratings as `save_review` takes them. */
export const ratingsOf = ({ ratings }: ReviewForm): SavedReview["ratings"] =>
  Object.entries(ratings).flatMap(([criterion_id, { level, note }]) =>
    level === null ? [] : [{ criterion_id, level, note: note.trim() }],
  );

/** What is wrong with one rating; empty when nothing is. `complete` where none may be missing. */
export function ratingFault({ level, note }: Rating, complete: boolean): string {
  if (level !== null) return "";
  if (note.trim()) return "Choose a level for this note, or delete the note.";
  return complete ? "Choose a level." : "";
}

/** The same of the note on all of it, which a review without criteria cannot do without. */
export const noteFault = ({ ratings, note }: ReviewForm, complete: boolean): string =>
  complete && !note.trim() && Object.keys(ratings).length === 0 ? "Write a note." : "";
