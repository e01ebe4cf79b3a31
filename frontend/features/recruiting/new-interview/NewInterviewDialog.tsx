"use client";

import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { fromLocalInput } from "@/lib/deadline";
import { jsonOf, type Problem, problemOf } from "@/lib/errors";
import { plural } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Notice } from "@/ui/Notice";
import { Quoted } from "@/ui/Quoted";
import { useAction } from "@/ui/useAction";
import { useGo } from "@/ui/useGo";
import { useParams } from "@/ui/useParams";
import { AddressesField, addressesFault, peopleOf, withTyped } from "../AddressesField";
import { AnalysisFields } from "../AnalysisFields";
import { DailyLimit } from "../DailyLimit";
import { FaultNotice, useFaultFocus } from "../FaultNotice";
import { basicFaults, InterviewFields } from "../InterviewFields";
import { InviteResults } from "../InviteResults";
import { OtherTab } from "../OtherTab";
import { KindsField, kindsFault } from "../QuestionSettingsFields";
import { type Created, withNames } from "../queries";
import { StepHeading } from "../StepHeading";
import { templateWith } from "../templates/reads";
import { TemplatePicker } from "../templates/TemplatePicker";
import { useRefusedTitle } from "../useRefusedTitle";
import { useSharedDraft } from "../useSharedDraft";
import { DraftQuestions, questionFault } from "./DraftQuestions";
import { type Draft, draftFrom, EMPTY, keptForm, newInterviewKey } from "./draft";
import { type EarlierAttempt, EarlierAttemptNotice, findEarlierAttempt } from "./EarlierAttempt";
import { fromTemplate } from "./fromTemplate";
import styles from "./NewInterviewDialog.module.css";
import { criteriaTold, ReviewStep } from "./ReviewStep";

const STEPS = ["Interview", "Candidates", "Review"];

interface NewInterviewDialogProps {
  onClose: () => void;
  onCreated: () => void;
}

/**
 * Creates an interview, in three steps. All that is entered is kept in this
 * browser for this account, until the interview was created or the draft is discarded.
 */
export function NewInterviewDialog({ onClose, onCreated }: NewInterviewDialogProps) {
  const { account, supabase } = useSignedIn();
  const shared = useKeptDraft(account.id);
  const { draft, change, kept, elsewhere } = shared;
  const [checked, setChecked] = useState(false);
  const [fault, setFault] = useState<Problem | null>(null);
  const [created, setCreated] = useState<Created | null>(null);
  const [earlier, setEarlier] = useState<EarlierAttempt | null>(null);
  const { run, busy, refusal, setRefusal } = useAction();
  const { tried, faultOf } = useRefusedTitle();
  const { param, replace } = useParams();
  const asked = param("template");
  const body = useRef<HTMLFormElement>(null);
  const focusFirstFault = useFaultFocus();
  const form = useId();

  // Asked for by the page of templates; not over what somebody has entered.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(() => {
    if (!asked) return;
    replace({ template: null });
    if (keptForm(draft) !== null) return;
    void run(async () => change(fromTemplate(draft, await templateWith(supabase, asked))));
  }, [asked]);

  const goTo = (step: Draft["step"], more: Partial<Draft> = {}) => {
    setChecked(false);
    setFault(null);
    setRefusal(null);
    setEarlier(null);
    change({ ...more, step });
    scrollToTop(body.current);
  };
  const next = () => {
    // Which version of two goes on is asked on top.
    if (elsewhere) return scrollToTop(body.current);
    if (draft.step === 1) {
      if (isReady(draft) && !faultOf(draft.title)) return goTo(2);
      return showFaults();
    }
    // What stands in the box belongs to the list.
    const addresses = withTyped(draft.addresses, draft.typed);
    const wrong = addressesFault(addresses);
    if (!wrong) return goTo(3, { addresses, typed: "" });
    change({ addresses, typed: "" });
    setFault(wrong);
    focusFirstFault(body.current);
  };
  const showFaults = () => {
    setChecked(true);
    focusFirstFault(body.current);
  };
  const create = (anyway: boolean) =>
    run(() =>
      shared.alone(async () => {
        if (await tried(draft.title, () => createAlone(anyway))) return;
        goTo(1);
        showFaults();
      }),
    );
  const createAlone = async (anyway: boolean) => {
    setEarlier(null);
    if (draft.triedAt && !anyway) {
      const found = await findEarlierAttempt(supabase, account.id, draft);
      if (found) return setEarlier(found);
    }
    // Kept before: should the tab end before the answer comes, it may have been created.
    change({ triedAt: draft.triedAt || new Date().toISOString(), triedTitle: titleOf(draft) });
    try {
      const wanted = argumentsOf(draft);
      const made = await jsonOf<Created>(supabase.rpc("create_interview", wanted));
      shared.forget();
      setCreated({ ...made, invites: withNames(made.invites, wanted.names) });
      onCreated();
    } catch (error) {
      // After a refusal nothing was done; without an answer it may have been.
      if (!wasLost(error)) change({ triedAt: "", triedTitle: "" });
      throw error;
    }
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (draft.step === 3 && !elsewhere) void create(false);
    else next();
  };

  if (created) return <Result created={created} onClose={onClose} />;
  return (
    <Dialog
      title="New Interview"
      wide
      keep
      onClose={onClose}
      unsaved={shared.unsaved}
      actions={
        <div className={styles.actions}>
          {draft.step > 1 ? (
            <Button
              variant="secondary"
              onClick={() => goTo(draft.step === 3 ? 2 : 1)}
              aria-disabled={busy}
            >
              Back
            </Button>
          ) : (
            <Button variant="secondary" onClick={onClose}>
              Cancel
            </Button>
          )}
          <Button type="submit" form={form} busy={busy}>
            {submitName(draft)}
          </Button>
        </div>
      }
    >
      <form id={form} ref={body} className="stack" onSubmit={onSubmit} noValidate>
        <StepHeading names={STEPS} current={draft.step} />
        {!kept && (
          <Notice tone="warn" title="This browser can’t save your entries.">
            Its storage is full or turned off. Don’t close this tab before you are done.
          </Notice>
        )}
        {elsewhere && (
          <OtherTab
            other={otherTold(shared.stored)}
            onTheirs={shared.takeTheirs}
            onMine={shared.keepMine}
          />
        )}
        {shared.restored && !elsewhere && (
          <Notice
            title="We restored your draft."
            actions={
              <Button variant="secondary" small onClick={shared.begin}>
                Discard and start over
              </Button>
            }
          />
        )}
        {draft.step === 1 && (
          <>
            <TemplatePicker draft={draft} onChange={change} />
            <InterviewFields
              values={draft}
              onChange={change}
              checked={checked}
              refusedTitle={faultOf(draft.title)}
            />
            <DraftQuestions
              questions={draft.questions}
              onChange={(questions) => change({ questions, template: "" })}
              checked={checked}
            />
            {draft.criteria.length > 0 && (
              <p className="soft small">
                {criteriaTold(draft)}{" "}
                <Button variant="quiet" small onClick={() => change({ criteria: [] })}>
                  Leave them out
                </Button>
              </p>
            )}
            <KindsField
              kinds={draft.kinds}
              onChange={(kinds) => change({ kinds })}
              checked={checked}
            />
            <AnalysisFields values={draft} onChange={change} />
          </>
        )}
        {draft.step === 2 && (
          <>
            <AddressesField
              addresses={draft.addresses}
              typed={draft.typed}
              onChange={(changed) => {
                setFault(null);
                change(changed);
              }}
            />
            {draft.addresses.length === 0 && !draft.typed && (
              <p className="soft small">You can also invite people later.</p>
            )}
            <DailyLimit addresses={draft.addresses} />
            {fault && <FaultNotice problem={fault} />}
          </>
        )}
        {draft.step === 3 && <ReviewStep draft={draft} onStep={goTo} />}
        {refusal && (
          <AccountProblem
            problem={refusal}
            back="/recruiters?new"
            busy={busy}
            onRetry={() => create(false)}
          />
        )}
        {earlier && (
          <EarlierAttemptNotice earlier={earlier} busy={busy} onAnyway={() => create(true)} />
        )}
      </form>
    </Dialog>
  );
}

/** The draft, and whether it was there before this dialog. */
function useKeptDraft(accountId: string) {
  const shared = useSharedDraft(newInterviewKey(accountId), {
    read: (text) => draftFrom(text) ?? EMPTY,
    write: keptForm,
  });
  const [restored, setRestored] = useState(() => keptForm(shared.draft) !== null);
  const begin = () => {
    setRestored(false);
    shared.change(EMPTY);
  };
  const takeTheirs = () => {
    setRestored(false);
    shared.takeTheirs();
  };
  return { ...shared, restored, begin, takeTheirs };
}

/** What another version has in it; null when there is none. */
function otherTold(text: string | null) {
  const draft = draftFrom(text);
  if (!draft) return null;
  const { questions, addresses } = draft;
  const title = titleOf(draft);
  return (
    <>
      {title ? <Quoted>{title}</Quoted> : "no title"}, {plural(questions.length, "question")} and{" "}
      {plural(addresses.length, "address", "addresses")}
    </>
  );
}

const isReady = (draft: Draft): boolean =>
  Object.values(basicFaults(draft)).every((fault) => !fault) &&
  draft.questions.every(({ text }) => !questionFault(text)) &&
  !kindsFault(draft.kinds);

const titleOf = ({ title }: Draft): string => title.trim();

function argumentsOf(draft: Draft) {
  const deadline = fromLocalInput(draft.deadline);
  return {
    title: titleOf(draft),
    ...(draft.description.trim() && { description: draft.description.trim() }),
    ...(draft.notice.trim() && { privacy_notice: draft.notice.trim() }),
    questions: draft.questions.map(({ text }) => text.trim()),
    question_settings: draft.questions.map(({ settings }) => ({ ...settings })),
    response_kinds: draft.kinds,
    analysis: draft.analysis,
    language: draft.language,
    ...(draft.criteria.length > 0 && { criteria: draft.criteria.map((one) => ({ ...one })) }),
    ...peopleOf(draft.addresses),
    ...(deadline && { deadline }),
  };
}

function submitName({ step, addresses }: Draft): string {
  if (step === 1) return "Next: candidates";
  if (step === 2) return "Next: review";
  return addresses.length > 0 ? "Create and invite" : "Create interview";
}

// The body of the dialog scrolls, or in a low window the dialog as a whole.
function scrollToTop(inside: HTMLElement | null) {
  const dialog = inside?.closest("dialog");
  for (let at = inside; at && at !== dialog; at = at.parentElement)
    at.scrollTo({ top: 0, behavior: "instant" });
}

// Without an answer it may have been done; after a refusal it was not.
const wasLost = (error: unknown): boolean =>
  ["network_down", "unexpected"].includes(problemOf(error).slug);

/** What was created, with the result for each address. */
function Result({ created, onClose }: { created: Created; onClose: () => void }) {
  const { go, going } = useGo();
  const invited = created.invites.filter(({ invite_code }) => invite_code).length;
  return (
    <Dialog
      title="Interview created"
      wide
      keep
      onClose={onClose}
      actions={
        <>
          <Button variant="secondary" onClick={onClose}>
            Done
          </Button>
          <Button
            busy={going}
            onClick={() => go(`/recruiters/${created.interview_id}`)}
            data-autofocus
          >
            Open the interview
          </Button>
        </>
      }
    >
      <div className="stack">
        <Notice
          tone="good"
          title={
            invited > 0
              ? `${plural(invited, "invitation is on its way", "invitations are on their way")}.`
              : "No invitations yet"
          }
        >
          {invited > 0
            ? "Each has its own code. You can find them on the interview’s page."
            : "You can invite people on the interview’s page."}
        </Notice>
        {created.invites.length > 0 && <InviteResults outcomes={created.invites} />}
      </div>
    </Dialog>
  );
}
