"use client";

import { useState } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { fromLocalInput, toLocalInput } from "@/lib/deadline";
import { dataOf } from "@/lib/errors";
import { count } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Field } from "@/ui/Field";
import { Loaded } from "@/ui/Loaded";
import { useAction } from "@/ui/useAction";
import { useChanges } from "../interview/useChanges";
import { OutcomeList } from "../OutcomeList";
import {
  ACTION_WORDS,
  type Action,
  type Change,
  hasEffect,
  MOST,
  outcomeWords,
  useChangeCandidates,
} from "./bulk";
import { type Matching, matching } from "./reads";

interface BulkDialogProps {
  interviewId: string;
  action: Action;
  /** Whose ids are known, or all that match. */
  chosen: string[] | Matching;
  onClose: () => void;
  /** It was done: they need not be selected any more. */
  onDone: () => void;
}

/** Does something to many people: who it reaches and who it doesn't, then the result for each. */
export default function BulkDialog(props: BulkDialogProps) {
  const { interviewId, action, onClose, onDone } = props;
  const words = ACTION_WORDS[action];
  const [until, setUntil] = useState(inThirtyDays);
  const expiresAt = action === "extend" ? fromLocalInput(until) : null;
  const foreseen = useForeseen(props, expiresAt);
  const [done, setDone] = useState<Change[] | null>(null);
  const { run, busy, refusal } = useAction();
  const change = useChangeCandidates(interviewId);
  const { candidatesChanged } = useChanges(interviewId);
  const changes = foreseen.data ?? [];
  const reached = changes.filter(({ outcome }) => hasEffect(action, outcome)).length;

  const confirm = () =>
    run(async () => {
      const ids = changes.map(({ candidate_id }) => candidate_id);
      setDone(await change(ids, action, { expiresAt }));
      candidatesChanged();
    });
  if (done) {
    const leave = () => {
      onClose();
      onDone();
    };
    return (
      <Dialog title="Result" wide onClose={leave} actions={<Button onClick={leave}>Done</Button>}>
        <Outcomes action={action} changes={done} />
      </Dialog>
    );
  }
  return (
    <Dialog
      title={changes.length > 0 ? words.title(changes.length) : words.name}
      wide
      onClose={onClose}
      actions={
        <>
          <Button variant="secondary" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          {reached > 0 && (
            <Button
              variant={words.danger ? "danger" : "primary"}
              busy={busy || foreseen.isValidating}
              onClick={confirm}
            >
              {words.button(reached)}
            </Button>
          )}
        </>
      }
    >
      <div className="stack">
        <p className="soft">{words.hint}</p>
        {action === "extend" && (
          <Field
            label="Valid until"
            type="datetime-local"
            value={until}
            error={!expiresAt && "Choose a date and time."}
            onChange={({ target }) => setUntil(target.value)}
          />
        )}
        {refusal && <AccountProblem problem={refusal} onRetry={confirm} busy={busy} />}
        <Loaded answer={foreseen} of="who this reaches" shape="line" count={5}>
          {() => changes.length > 0 && <Outcomes action={action} changes={changes} foreseen />}
        </Loaded>
        {changes.length === MOST && (
          <p className="soft">At most {count(MOST)} people are changed at once.</p>
        )}
      </div>
    </Dialog>
  );
}

const MONTH_MS = 30 * 24 * 3600 * 1000;

const inThirtyDays = (): string => toLocalInput(new Date(Date.now() + MONTH_MS).toISOString());

/** What it would do to each. */
function useForeseen({ interviewId, action, chosen }: BulkDialogProps, expiresAt: string | null) {
  const { supabase } = useSignedIn();
  const change = useChangeCandidates(interviewId);
  const read = {
    key: ["foreseen", interviewId, action, chosen, expiresAt],
    from: async () => {
      if (action === "extend" && !expiresAt) return [];
      const ids = Array.isArray(chosen)
        ? chosen
        : await dataOf(supabase.rpc("match_candidates", matching(interviewId, chosen)));
      return ids.length ? change(ids, action, { expiresAt, preview: true }) : [];
    },
  };
  // What was read stands until it is confirmed: nothing changes under the pointer.
  return useRead<Change[]>(read, { revalidateOnFocus: false, revalidateOnReconnect: false });
}

interface OutcomesProps {
  action: Action;
  changes: Change[];
  foreseen?: boolean;
}

const Outcomes = ({ action, changes, foreseen = false }: OutcomesProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a long list is scrolled by the keyboard
  <section tabIndex={0} aria-label={foreseen ? "Whom this reaches" : "Whom this has reached"}>
    <OutcomeList
      rows={changes.map((change) => ({ ...change, name: change.candidate_name }))}
      words={outcomeWords(action, foreseen)}
      foreseen={foreseen}
    />
  </section>
);
