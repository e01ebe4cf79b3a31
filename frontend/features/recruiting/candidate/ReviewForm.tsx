"use client";

import { useEffect, useId, useRef, useState } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { draftKey } from "@/lib/drafts";
import { jsonOf } from "@/lib/errors";
import {
  formOf,
  keptReview,
  NO_RATING,
  noteFault,
  type Rating,
  ratingFault,
  ratingsOf,
  reviewIn,
  textOf,
  withinCriteria,
} from "@/lib/reviews";
import { Button } from "@/ui/Button";
import { TextArea } from "@/ui/Field";
import { Notice } from "@/ui/Notice";
import { PageLink } from "@/ui/PageLink";
import { useToast } from "@/ui/Toast";
import { useAction } from "@/ui/useAction";
import { useFaultFocus } from "../FaultNotice";
import { OtherTab } from "../OtherTab";
import type { Criterion } from "../queries";
import { useSharedDraft } from "../useSharedDraft";
import styles from "./Review.module.css";
import { type Review, reviewsRead } from "./reads";
import { Submitted } from "./Submitted";

interface ReviewFormProps {
  /** Whether the browser has taken over; until then nothing can be entered. */
  hydrated: boolean;
  interviewId: string;
  participantId: string;
  /** Where criteria are added, for who may do that. */
  criteriaPage: string | null;
  criteria: Criterion[];
  /** One's own, and those of others that may be seen. */
  reviews: Review[];
  /** With what is there by now. */
  onSaved: (reviews: Review[]) => void;
  onOutdated: () => void;
  onRefused: (() => void) | undefined;
}

/** One's own review. What is entered is kept in this browser until it is saved. */
export function ReviewForm(props: ReviewFormProps) {
  const { hydrated, interviewId, participantId, criteriaPage, criteria, reviews } = props;
  const { onSaved, onOutdated, onRefused } = props;
  const { account, supabase } = useSignedIn();
  const ownOf = (all: Review[]) => all.find(({ reviewer_id }) => reviewer_id === account.id);
  const own = ownOf(reviews) ?? null;
  const submitted = Boolean(own?.submitted_at);
  const { run, busy, refusal } = useAction();
  const toast = useToast();
  const place = useRef<HTMLDivElement>(null);
  const focusFirstFault = useFaultFocus();
  const [checked, setChecked] = useState<"nothing" | "draft" | "complete">("nothing");
  const { draft, change, kept, stored, ...shared } = useReviewDraft(
    // The server keeps nothing, and what it drew is taken over first.
    draftKey(account.id, hydrated ? `review:${participantId}` : "review"),
    own,
    busy,
    onOutdated,
  );
  const form = withinCriteria(
    draft,
    criteria.map(({ id }) => id),
  );
  const faultsOf = (complete: boolean) => ({
    ratings: criteria.map(({ id }) => ratingFault(form.ratings[id] ?? NO_RATING, complete)),
    note: noteFault(form, complete),
  });
  const faults = checked === "nothing" ? null : faultsOf(checked === "complete");

  const save = async (submit: boolean) => {
    const complete = submit || submitted;
    setChecked(complete ? "complete" : "draft");
    const { ratings, note } = faultsOf(complete);
    const open = shared.elsewhere || shared.disputed || note || ratings.some(Boolean);
    if (open) return focusFirstFault(place.current);
    if (submitted && textOf(form) === draft.base) return toast("There is nothing to save.");
    let saved = false;
    await run(() =>
      shared.alone(async () => {
        saved = await saveAlone(submit);
      }),
    );
    if (!saved) focusFirstFault(place.current);
  };
  /** Whether it is saved; otherwise another version was, and which of them counts is asked. */
  const saveAlone = async (submit: boolean): Promise<boolean> => {
    change(form);
    const now = await reviewsRead(interviewId, participantId).from(supabase);
    const there = textOf(formOf(ownOf(now) ?? null));
    // The same is there after an answer that was lost on its way.
    if (there !== draft.base && there !== textOf(form)) {
      onSaved(now);
      return false;
    }
    const ratings = ratingsOf(form);
    const note = form.note.trim();
    try {
      const { review_id, ...times } = await jsonOf<SavedTimes>(
        supabase.rpc("save_review", { participant_id: participantId, ratings, note, submit }),
      );
      const author = { reviewer_id: account.id, reviewer_name: account.name };
      const review = { id: review_id, ...author, note, ...times, ratings };
      onSaved([...now.filter(({ id }) => id !== review_id), review]);
    } catch (error) {
      onOutdated();
      onRefused?.();
      throw error;
    }
    change({ base: textOf(form) });
    setChecked("nothing");
    toast(submitted ? "Review saved." : submit ? "Review submitted." : "Draft saved.");
    return true;
  };

  /** Takes the one version or the other; the button is gone then that was pressed. */
  const choosing = (choose: () => void) => () => {
    choose();
    place.current?.focus();
  };
  return (
    <div ref={place} className={`card ${styles.form}`} inert={!hydrated} tabIndex={-1}>
      {!kept && (
        <Notice tone="warn" title="This browser can’t save your entries.">
          Its storage is full or turned off. Don’t close this tab before you have saved.
        </Notice>
      )}
      {shared.elsewhere && (
        <div data-fault tabIndex={-1}>
          <OtherTab
            other={stored && "other entries"}
            onTheirs={choosing(shared.takeTheirs)}
            onMine={choosing(shared.keepMine)}
          />
        </div>
      )}
      {shared.disputed && !shared.elsewhere && (
        <div data-fault tabIndex={-1}>
          <Notice
            tone="warn"
            title="Your review was saved elsewhere in the meantime."
            actions={
              <>
                <Button variant="secondary" small onClick={choosing(shared.takeSaved)}>
                  Use the saved version
                </Button>
                <Button variant="secondary" small onClick={choosing(shared.keepDraft)}>
                  Keep what is here
                </Button>
              </>
            }
          >
            Choose one to continue.
          </Notice>
        </div>
      )}
      {criteria.length === 0 && (
        <p className="soft">
          This interview has no criteria.{" "}
          {criteriaPage ? (
            <>
              <PageLink href={criteriaPage}>Add some on its page</PageLink>, or write a note.
            </>
          ) : (
            "Write a note."
          )}
        </p>
      )}
      {criteria.map((criterion, at) => (
        <RatingFields
          key={criterion.id}
          criterion={criterion}
          rating={form.ratings[criterion.id] ?? NO_RATING}
          fault={faults?.ratings[at] ?? ""}
          onChange={(rating) => change({ ratings: { ...draft.ratings, [criterion.id]: rating } })}
        />
      ))}
      <TextArea
        label={criteria.length > 0 ? "Overall note" : "Note"}
        optional={criteria.length > 0}
        rows={4}
        maxLength={5000}
        value={draft.note}
        error={faults?.note}
        onChange={(event) => change({ note: event.target.value })}
      />
      <div className={styles.told}>
        {own?.submitted_at ? (
          <p>
            <Submitted review={own} /> If you change it now, it is marked as changed.
          </p>
        ) : (
          own && <p>You have saved a draft. Nobody else sees it.</p>
        )}
        {stored !== null && (
          <p>You have changes that aren’t saved yet. They are kept in this browser.</p>
        )}
        <p>Candidates never see your review.</p>
      </div>
      {refusal && (
        <AccountProblem
          problem={refusal}
          busy={busy}
          onRetry={() => void save(checked === "complete" && !submitted)}
        />
      )}
      <div className="row">
        {!submitted && (
          <Button variant="secondary" busy={busy} onClick={() => void save(false)}>
            Save draft
          </Button>
        )}
        <Button busy={busy} onClick={() => void save(!submitted)}>
          {submitted ? "Save changes" : "Submit review"}
        </Button>
      </div>
    </div>
  );
}

/** What `save_review` returns. */
interface SavedTimes extends Pick<Review, "submitted_at" | "changed_at"> {
  review_id: string;
}

/**
 * What is entered, over what is saved. Where nothing was entered it follows what other tabs enter
 * and what is saved from anywhere; otherwise it is asked which version counts.
 */
function useReviewDraft(key: string, own: Review | null, busy: boolean, onOutdated: () => void) {
  const shared = useSharedDraft(key, { read: (text) => reviewIn(text, own), write: keptReview });
  const { draft, stored, elsewhere, takeTheirs } = shared;
  const [entered, setEntered] = useState(false);
  const saved = textOf(formOf(own));
  // While it is saved, one of the two is ahead of the other.
  const moved = !busy && draft.base !== saved;
  const unsaved = keptReview(draft) !== null;
  const untouched = stored === null && !unsaved;
  // What another tab has would replace it.
  const mine = entered && unsaved;
  useEffect(() => {
    if (elsewhere && !mine) {
      takeTheirs();
      // It may have been saved there.
      if (stored === null) onOutdated();
    } else if (!elsewhere && moved && untouched) {
      takeTheirs();
    }
  });
  return {
    ...shared,
    elsewhere: elsewhere && mine,
    disputed: moved && !untouched && textOf(draft) !== saved,
    change: (changed: Partial<typeof draft>) => {
      setEntered(true);
      shared.change(changed);
    },
    takeTheirs: () => {
      setEntered(false);
      takeTheirs();
    },
    takeSaved: () => {
      shared.forget();
      takeTheirs();
    },
    keepDraft: () => shared.change({ base: saved }),
  };
}

interface RatingFieldsProps {
  criterion: Criterion;
  rating: Rating;
  fault: string;
  onChange: (rating: Rating) => void;
}

/** How far one criterion was shown. */
function RatingFields({ criterion, rating, fault, onChange }: RatingFieldsProps) {
  const { name, description, levels } = criterion;
  const id = useId();
  const described = [description && `${id}-description`, fault && `${id}-fault`].filter(Boolean);
  return (
    <fieldset className={styles.criterion} aria-describedby={described.join(" ") || undefined}>
      <legend className={styles.name}>
        <bdi>{name}</bdi>
      </legend>
      {description && (
        <p id={`${id}-description`} className="soft prewrap" dir="auto">
          {description}
        </p>
      )}
      {fault && (
        <p id={`${id}-fault`} className={styles.error}>
          {fault}
        </p>
      )}
      <div className={styles.levels}>
        {levels.map((text, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two levels may have one text
          <label key={at} className={styles.level}>
            <input
              type="radio"
              name={id}
              checked={rating.level === at + 1}
              onChange={() => onChange({ ...rating, level: at + 1 })}
              data-fault={(fault && at === 0) || undefined}
            />
            <span dir="auto">{text}</span>
          </label>
        ))}
      </div>
      <TextArea
        label="Note"
        optional
        rows={2}
        maxLength={2000}
        value={rating.note}
        onChange={(event) => onChange({ ...rating, note: event.target.value })}
      />
    </fieldset>
  );
}
