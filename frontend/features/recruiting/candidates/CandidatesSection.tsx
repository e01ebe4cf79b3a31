"use client";

import { useEffect, useId } from "react";
import { useRead } from "@/features/account/ServerAnswers";
import { useFreshRows } from "@/features/account/useFresh";
import { plural } from "@/lib/format";
import { Button, ButtonLink } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { Loaded } from "@/ui/Loaded";
import { Notice } from "@/ui/Notice";
import { dialogOnDemand } from "@/ui/onDemand";
import { useDialog } from "@/ui/useDialog";
import { useParams } from "@/ui/useParams";
import { Waiting } from "@/ui/Waiting";
import styles from "../interview/RecruiterInterviewPage.module.css";
import { interviewReads, isOpen, type Overview, type Param } from "../queries";
import { BulkBar } from "./BulkBar";
import { ACTIONS, MOST } from "./bulk";
import { CandidateTable } from "./CandidateTable";
import { CandidateTools } from "./CandidateTools";
import { type CandidatePage, candidateQueryIn, totalOf } from "./reads";
import { useOffered } from "./useOffered";
import { useSelection } from "./useSelection";

// With what reads lists and files of addresses.
const InviteDialog = dialogOnDemand(() => import("../interview/InviteDialog"));
const ManageDialog = dialogOnDemand(() => import("./ManageDialog"));
const BulkDialog = dialogOnDemand(() => import("./BulkDialog"));

const FIRST_PAGE = { after: null, before: null };

/** Everyone of an interview: who was invited, who joined, how far they are, what was decided. */
export function CandidatesSection({ interview, stats }: Overview) {
  const { param, push, replace } = useParams();
  const query = candidateQueryIn(param);
  const { state, search } = query;
  const reads = interviewReads(interview.id, param);
  const answer = useFreshRows(interview.id, reads.candidates, ({ id }) => id);
  const offered = useOffered(answer.data, answer.isValidating);
  const selecting = useSelection(JSON.stringify([state, search]));
  const { selection } = selecting;
  const bulk = useDialog("bulk");
  const heading = useId();
  const total = answer.data ? totalOf(answer.data, state) : 0;
  const selected = selection.all ? Math.min(total, MOST) : selection.ids.size;

  // Rows may have gone since.
  const beyondTheEnd = query.cursor && !answer.isLoading && answer.data?.rows.length === 0;
  useEffect(() => {
    if (beyondTheEnd) replace(FIRST_PAGE);
  });
  return (
    <section className={styles.section} aria-labelledby={heading}>
      <Head id={heading} interview={interview} stats={stats} param={param} />
      {offered.includes("asks_for_code") && (
        <Asking
          asking={answer.data?.counts.asks_for_code ?? 0}
          shown={state === "asks_for_code"}
          onShow={() => push({ ...FIRST_PAGE, show: "asks_for_code" })}
          onSend={() => bulk.open("resend asks_for_code")}
        />
      )}
      {(stats.invited !== 0 || search || state) && (
        <CandidateTools
          query={query}
          offered={offered}
          page={answer.data}
          params={{ push, replace }}
        />
      )}
      <Loaded
        answer={answer}
        of="the candidates"
        shape="line"
        count={6}
        isEmpty={({ rows }) => rows.length === 0}
        empty={
          search || state ? (
            <p className="soft" role="status">
              No matches
            </p>
          ) : (
            <EmptyState title="No candidates yet">
              {isOpen(interview)
                ? "Each candidate gets an email with their own code."
                : "This interview is closed. Reopen it to invite candidates."}
            </EmptyState>
          )
        }
      >
        {(page) => (
          <CandidateTable page={page} busy={answer.isLoading} {...selecting}>
            <Waiting list={answer} />
          </CandidateTable>
        )}
      </Loaded>
      {selected > 0 && (
        <BulkBar
          selected={selected}
          matching={!selection.all && total > selected ? total : null}
          onSelectAll={selecting.selectAll}
          onClear={selecting.clear}
          onAction={bulk.open}
        />
      )}
      <Managing page={answer.data} settled={!answer.isValidating} />
      <ManyAtOnce
        interviewId={interview.id}
        chosen={selection.all ? { state, search } : [...selection.ids]}
        selected={selected}
        onDone={selecting.clear}
      />
    </section>
  );
}

interface HeadProps extends Overview {
  id: string;
  param: Param;
}

/** How many they are, and what leads on from there. */
function Head({ id, interview, stats, param }: HeadProps) {
  const inviting = useDialog("invite");
  const [question] = useRead(interviewReads(interview.id, param).questions).data ?? [];
  return (
    <div className={styles.head}>
      <h2 id={id}>
        Candidates{" "}
        <span className={styles.count}>{plural(stats.invited ?? 0, "person", "people")}</span>
      </h2>
      <div className="row">
        {question && stats.completed !== 0 && (
          <ButtonLink
            variant="secondary"
            href={`/recruiters/${interview.id}/compare?question=${question.id}`}
          >
            Compare answers
          </ButtonLink>
        )}
        <Button variant="secondary" onClick={() => inviting.open()}>
          Invite more
        </Button>
      </div>
      {inviting.about !== null && <InviteDialog interview={interview} onClose={inviting.close} />}
    </div>
  );
}

interface AskingProps {
  /** How many. */
  asking: number;
  /** Whether they are what the list shows. */
  shown: boolean;
  onShow: () => void;
  onSend: () => void;
}

/** Candidates whose codes have expired and who have requested new ones. */
function Asking({ asking, shown, onShow, onSend }: AskingProps) {
  return (
    <Notice
      tone="warn"
      title={`${plural(asking, "candidate", "candidates")} requested a new code.`}
      actions={
        <>
          {!shown && (
            <Button variant="secondary" onClick={onShow}>
              Show them
            </Button>
          )}
          <Button variant="secondary" aria-haspopup="dialog" onClick={onSend}>
            Send new codes
          </Button>
        </>
      }
    />
  );
}

interface ManagingProps {
  page: CandidatePage | undefined;
  /** Whether nothing newer is on its way. */
  settled: boolean;
}

/** The dialog about one person of the page. */
function Managing({ page, settled }: ManagingProps) {
  const managing = useDialog("manage");
  const [id, asked] = managing.about?.split(" ") ?? [];
  const person = page?.rows.find((one) => one.id === id);
  // They were deleted, or are not in this part of the list any more.
  const gone = id !== undefined && page && settled && !person;
  useEffect(() => {
    if (gone) managing.close();
  });
  if (!person) return null;
  return (
    <ManageDialog
      person={person}
      asked={asked}
      onAsk={(action) => managing.open(`${person.id} ${action}`)}
      onBack={managing.back}
      onClose={managing.close}
    />
  );
}

interface ManyAtOnceProps extends Pick<Parameters<typeof BulkDialog>[0], "chosen" | "onDone"> {
  interviewId: string;
  selected: number;
}

/** The dialog about all who are selected, or about all who ask for a code. */
function ManyAtOnce({ interviewId, chosen, selected, onDone }: ManyAtOnceProps) {
  const bulk = useDialog("bulk");
  const [asked, whom] = bulk.about?.split(" ") ?? [];
  const action = ACTIONS.find((one) => one === asked);
  const asking = whom === "asks_for_code";
  // What was selected does not outlive the page.
  const nobody = bulk.about !== null && (!action || (!asking && selected === 0));
  useEffect(() => {
    if (nobody) bulk.close();
  });
  if (!action || nobody) return null;
  return (
    <BulkDialog
      interviewId={interviewId}
      action={action}
      chosen={asking ? { state: "asks_for_code", search: "" } : chosen}
      onClose={bulk.close}
      onDone={onDone}
    />
  );
}
