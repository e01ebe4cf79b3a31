"use client";

import { type FormEvent, useId, useRef, useState } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { Signature } from "@/features/account/Signature";
import { draftKey, parsedDraft, textIn } from "@/lib/drafts";
import { jsonOf, type Problem, problem } from "@/lib/errors";
import { plural } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { useAction } from "@/ui/useAction";
import {
  AddressesField,
  addressesFault,
  DuplicatesNote,
  peopleOf,
  withTyped,
} from "../AddressesField";
import { DailyLimit } from "../DailyLimit";
import { FaultNotice, useFaultFocus } from "../FaultNotice";
import { InviteResults } from "../InviteResults";
import { candidatesIn, type DraftCandidate, keptCandidate } from "../new-interview/draft";
import { OtherTab } from "../OtherTab";
import { type Interview, type Outcome, withNames } from "../queries";
import { SentNotice } from "../SentNotice";
import { StepHeading } from "../StepHeading";
import { useSharedDraft } from "../useSharedDraft";
import { useChanges } from "./useChanges";

const STEPS = ["Candidates", "Review"];

interface InviteDialogProps {
  interview: Interview;
  onClose: () => void;
}

/** Invites more people to an interview: their addresses, a preview, the result. */
export default function InviteDialog({ interview, onClose }: InviteDialogProps) {
  const { supabase } = useSignedIn();
  const shared = useKeptList(interview.id);
  const { draft: list, change } = shared;
  const [foreseen, setForeseen] = useState<Outcome[] | null>(null);
  const [done, setDone] = useState<Outcome[] | null>(null);
  const [fault, setFault] = useState<Problem | null>(null);
  const { run, busy, refusal, setRefusal } = useAction();
  const body = useRef<HTMLFormElement>(null);
  const form = useId();
  const focusFirstFault = useFaultFocus();
  const { candidatesChanged } = useChanges(interview.id);

  const preview = () => {
    const addresses = withTyped(list.addresses, list.typed);
    change({ addresses, typed: "" });
    const wrong = addresses.length ? addressesFault(addresses) : problem("no_emails");
    setFault(wrong);
    if (wrong) return focusFirstFault(body.current);
    void run(async () => {
      const { emails, names } = peopleOf(addresses);
      const outcomes = await jsonOf<Outcome[]>(
        supabase.rpc("preview_invites", { interview_id: interview.id, emails }),
      );
      setForeseen(withNames(outcomes, names));
    });
  };
  const invite = () => run(() => shared.alone(inviteAlone));
  const inviteAlone = async () => {
    const people = peopleOf(list.addresses);
    const outcomes = await jsonOf<Outcome[]>(
      supabase.rpc("create_invites", { interview_id: interview.id, ...people }),
    );
    shared.forget();
    setDone(withNames(outcomes, people.names));
    candidatesChanged();
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    // Which list of two counts is asked on top.
    if (shared.elsewhere) return;
    if (foreseen) void invite();
    else preview();
  };

  if (done) return <Result outcomes={done} onClose={onClose} />;
  const mails = foreseen?.filter(({ outcome }) => MAILED.includes(outcome)).length ?? 0;
  return (
    <Dialog
      title="Invite more people"
      wide
      keep
      onClose={onClose}
      unsaved={shared.unsaved}
      actions={
        <>
          {foreseen ? (
            <Button
              variant="secondary"
              onClick={() => {
                setForeseen(null);
                setRefusal(null);
              }}
            >
              Back
            </Button>
          ) : (
            <Button variant="secondary" onClick={onClose}>
              Cancel
            </Button>
          )}
          {foreseen && mails === 0 ? (
            <Button onClick={onClose}>Nothing to send – close</Button>
          ) : (
            <Button type="submit" form={form} busy={busy}>
              {foreseen ? `Send ${plural(mails, "email")}` : "Next: review"}
            </Button>
          )}
        </>
      }
    >
      <form id={form} ref={body} className="stack" onSubmit={onSubmit} noValidate>
        <StepHeading names={STEPS} current={foreseen ? 2 : 1} />
        {shared.elsewhere && (
          <OtherTab
            other={
              shared.stored &&
              plural(listIn(shared.stored).addresses.length, "address", "addresses")
            }
            onTheirs={() => {
              setForeseen(null);
              shared.takeTheirs();
            }}
            onMine={shared.keepMine}
          />
        )}
        {foreseen ? (
          <>
            <DuplicatesNote addresses={list.addresses} />
            <InviteResults outcomes={foreseen} foreseen />
            {mails > 0 && (
              <p className="soft small">
                The emails are signed by <Signature />.
              </p>
            )}
          </>
        ) : (
          <AddressesField
            {...list}
            onChange={(changed) => {
              setFault(null);
              change(changed);
            }}
          />
        )}
        {!foreseen && <DailyLimit addresses={list.addresses} />}
        {fault && <FaultNotice problem={fault} />}
        {refusal && (
          <AccountProblem problem={refusal} onRetry={foreseen ? invite : preview} busy={busy} />
        )}
      </form>
    </Dialog>
  );
}

const MAILED = ["created", "renewed"];

function Result({ outcomes, onClose }: { outcomes: Outcome[]; onClose: () => void }) {
  const mails = outcomes.filter(({ outcome }) => MAILED.includes(outcome)).length;
  return (
    <Dialog
      title="Invited"
      wide
      keep
      onClose={onClose}
      actions={
        <Button onClick={onClose} data-autofocus>
          Done
        </Button>
      }
    >
      <div className="stack">
        <SentNotice mails={mails} />
        <InviteResults outcomes={outcomes} />
      </div>
    </Dialog>
  );
}

interface List {
  addresses: DraftCandidate[];
  typed: string;
}

const listIn = (text: string | null): List => {
  const kept = parsedDraft(text);
  return { addresses: candidatesIn(kept?.addresses), typed: textIn(kept?.typed) };
};

function keptList({ addresses, typed }: List): string | null {
  const kept = { addresses: addresses.map(keptCandidate), typed };
  return typed || addresses.length ? JSON.stringify(kept) : null;
}

/** The list, kept in this browser for this account and interview until it is sent. */
function useKeptList(interviewId: string) {
  const { account } = useSignedIn();
  const key = draftKey(account.id, `invite-more:${interviewId}`);
  return useSharedDraft(key, { read: listIn, write: keptList });
}
