"use client";

import { useRef } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { flagsTold } from "@/lib/analysis";
import { readDraft, useDraft, writeDraft } from "@/lib/drafts";
import { keptKey, watchedIn, withWatched } from "@/lib/watched";
import { Button } from "@/ui/Button";
import type { OwnResponse } from "../participations";
import styles from "./CheckNote.module.css";
import type { Checked } from "./useChecks";

interface CheckNoteProps {
  take: OwnResponse;
  number: number;
  check: Checked | undefined;
  /** A take is left, and can be recorded. */
  mayRecord: boolean;
  /** Where no other button leads there. */
  onAgain?: () => void;
}

/** What may be wrong with a recording that was sent, with a way out. It can stay as it is. */
export function CheckNote({ take, number, check, mayRecord, onAgain }: CheckNoteProps) {
  const { account } = useSignedIn();
  const key = keptKey(account.id);
  const kept = watchedIn(useDraft(key)).has(take.id);
  const place = useRef<HTMLDivElement>(null);
  const told = check && !kept ? flagsTold(flagsOf(check), number) : [];
  const keep = () => {
    writeDraft(key, withWatched(readDraft(key), take.id));
    // The button is gone that was pressed.
    place.current?.focus();
  };
  return (
    <div ref={place} role="status" tabIndex={-1} className={told.length ? styles.note : undefined}>
      {told.map((sentence, at) => (
        <p key={sentence}>
          {sentence}
          {at === told.length - 1 &&
            (mayRecord ? " Record it again?" : " You can submit it as it is.")}
        </p>
      ))}
      {told.length > 0 && (
        <div className="row">
          {mayRecord && onAgain && (
            <Button
              variant="secondary"
              small
              aria-label={`Record again: question ${number}`}
              onClick={onAgain}
            >
              Record again
            </Button>
          )}
          <Button
            variant={mayRecord && onAgain ? "quiet" : "secondary"}
            small
            aria-label={`Keep it: question ${number}`}
            onClick={keep}
          >
            Keep it
          </Button>
        </div>
      )}
    </div>
  );
}

const flagsOf = ({ status, problem, flags }: Checked): string[] =>
  status === "failed" && problem === "unreadable" ? [problem] : status === "done" ? flags : [];
