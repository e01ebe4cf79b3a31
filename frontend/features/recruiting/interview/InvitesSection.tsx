"use client";

import { lazy, Suspense, useEffect, useId, useState } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { jsonOf } from "@/lib/errors";
import { count, plural } from "@/lib/format";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Choices } from "@/ui/Choices";
import { EmptyState } from "@/ui/EmptyState";
import { Field } from "@/ui/Field";
import { Loaded } from "@/ui/Loaded";
import { NamedAddress } from "@/ui/NamedAddress";
import { Notice } from "@/ui/Notice";
import { Moment } from "@/ui/Time";
import { useToast } from "@/ui/Toast";
import { useAction } from "@/ui/useAction";
import { useDialog } from "@/ui/useDialog";
import { useParams } from "@/ui/useParams";
import { CodeChip } from "../CodeChip";
import { outcomeSentence } from "../InviteResults";
import { PagedTable } from "../PagedTable";
import {
  INVITE_FILTERS,
  type Interview,
  type Invite,
  type InviteFilter,
  interviewReads,
  isOpen,
  isPending,
  MOST_RENEWALS,
  type Outcome,
  type Overview,
} from "../queries";
import { InviteState, MailState } from "../StatusBadges";
import { ManageInviteDialog } from "./ManageInviteDialog";
import styles from "./RecruiterInterviewPage.module.css";
import { useChanges } from "./useChanges";

// With what reads lists and files of addresses.
const InviteDialog = lazy(() => import("./InviteDialog"));

const FILTER_NAMES: Record<InviteFilter, string> = {
  all: "All",
  pending: "Pending",
  failed: "Not delivered",
  joined: "Joined",
  withdrawn: "Withdrawn",
  expired: "Expired",
};

// How often to look whether queued emails have left, in milliseconds.
const WATCH_QUEUED = 4000;

/** Who was invited, with what code, and what became of the email. */
export function InvitesSection({ interview, stats }: Overview) {
  const { account } = useSignedIn();
  const { param, push, replace } = useParams();
  const reads = interviewReads(interview.id, account.id, param);
  const answer = useRead(reads.invites, {
    refreshInterval: (data) =>
      data?.rows.some(({ delivery_status }) => delivery_status === "queued") ? WATCH_QUEUED : 0,
  });
  const { data: renewals = [] } = useRead(reads.renewals);
  const inviting = useDialog("invite");
  const managing = useDialog("manage");
  const heading = useId();

  const asking = new Set(renewals.map(({ id }) => id));
  const [chosenId, asked] = managing.about?.split(" ") ?? [];
  const chosen = answer.data?.rows.find(({ id }) => id === chosenId);
  // It was deleted, or is not in this part of the list any more.
  const gone = chosenId !== undefined && answer.data && !answer.isValidating && !chosen;
  useEffect(() => {
    if (gone) managing.close();
  });
  const shown = INVITE_FILTERS.find((filter) => filter === param("show")) ?? "all";
  const narrowed = shown !== "all" || Boolean(param("q"));
  const onFirstPage = !param("after") && !param("before");
  const firstPage = { after: null, before: null };
  // Rows may have gone since.
  const beyondTheEnd = !onFirstPage && !answer.isLoading && answer.data?.rows.length === 0;
  useEffect(() => {
    if (beyondTheEnd) replace({ after: null, before: null });
  });

  const columns = [
    {
      name: "Candidate",
      cell: (row: Invite) => (
        <>
          <div className={styles.email}>
            <NamedAddress name={row.candidate_name}>{row.email}</NamedAddress>
          </div>
          {asking.has(row.id) && <Badge tone="warn">Requested a new code</Badge>}
        </>
      ),
    },
    {
      name: "Code",
      number: true,
      narrow: true,
      cell: (row: Invite) =>
        isPending(row) ? <CodeChip code={row.invite_code} email={row.email} /> : "–",
    },
    { name: "Status", cell: (row: Invite) => <InviteState invite={row} /> },
    { name: "Email", cell: (row: Invite) => <MailState invite={row} /> },
    {
      name: "Action",
      narrow: true,
      cell: (row: Invite) => (
        <Button
          variant="secondary"
          small
          aria-label={`Manage the invitation to ${row.email}`}
          aria-haspopup="dialog"
          onClick={() => managing.open(row.id)}
        >
          Manage
        </Button>
      ),
    },
  ];

  return (
    <section className={styles.section} aria-labelledby={heading}>
      <div className={styles.head}>
        <h2 id={heading}>
          Invitations{" "}
          <span className={styles.count}>{plural(stats.invited ?? 0, "person", "people")}</span>
        </h2>
        <Button variant="secondary" onClick={() => inviting.open()}>
          Invite more
        </Button>
      </div>
      {renewals.length > 0 && <Renewals interview={interview} renewals={renewals} />}
      {(stats.invited !== 0 || narrowed) && (
        <div className={styles.filters}>
          <Choices
            of="Which invitations"
            choices={INVITE_FILTERS.map((filter) => [filter, FILTER_NAMES[filter]])}
            value={shown}
            onChange={(filter) => push({ ...firstPage, show: filter === "all" ? null : filter })}
          />
          <Search
            value={param("q") ?? ""}
            onSearch={(search) => replace({ ...firstPage, q: search || null })}
          />
        </div>
      )}
      <Loaded
        answer={answer}
        of="the invitations"
        shape="line"
        count={6}
        isEmpty={({ rows }) => rows.length === 0}
        empty={
          narrowed ? (
            <p className="soft" role="status">
              No matches
            </p>
          ) : (
            <EmptyState title="No invitations yet">
              {isOpen(interview)
                ? "Each candidate gets an email with their own code."
                : "This interview is closed. Reopen it to invite candidates."}
            </EmptyState>
          )
        }
      >
        {(page) => (
          <PagedTable
            caption="Invitations"
            columns={columns}
            page={page}
            busy={answer.isLoading}
            onGo={push}
          />
        )}
      </Loaded>
      {chosen && (
        <ManageInviteDialog
          invite={chosen}
          asking={asking.has(chosen.id)}
          asked={asked}
          onAsk={(action) => managing.open(`${chosen.id} ${action}`)}
          onBack={managing.back}
          onClose={managing.close}
        />
      )}
      {inviting.about !== null && (
        <Suspense>
          <InviteDialog interview={interview} onClose={inviting.close} />
        </Suspense>
      )}
    </section>
  );
}

interface SearchProps {
  /** What the address of the page says. */
  value: string;
  onSearch: (search: string) => void;
}

/** Searches once there is a pause in typing. */
function Search({ value, onSearch }: SearchProps) {
  const [timer, setTimer] = useState<ReturnType<typeof setTimeout>>();
  const [typed, setTyped] = useState(value);
  const [sent, setSent] = useState(value);
  // Back and Forward change the address, and the field with it.
  if (value !== sent) {
    setSent(value);
    if (value !== termOf(typed)) setTyped(value);
  }
  return (
    <Field
      label="Find a name or address"
      type="search"
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      value={typed}
      onChange={({ target }) => {
        setTyped(target.value);
        clearTimeout(timer);
        setTimer(setTimeout(() => onSearch(termOf(target.value)), 250));
      }}
    />
  );
}

const termOf = (typed: string): string => typed.trim();

interface RenewalsProps {
  interview: Interview;
  renewals: Invite[];
}

// The others are in the list.
const SHOWN = 5;

/** Candidates whose codes have expired and who have requested new ones. */
function Renewals({ interview, renewals }: RenewalsProps) {
  const { supabase } = useSignedIn();
  const { run, busy, refusal } = useAction();
  const toast = useToast();
  const [renewing, setRenewing] = useState("");
  const { invitesChanged } = useChanges(interview.id);
  const more = renewals.length - SHOWN;

  const renew = (invite: Invite) => {
    setRenewing(invite.id);
    return run(async () => {
      const outcome = await jsonOf<Outcome>(
        supabase.rpc("resend_invite", { invite_id: invite.id }),
      );
      invitesChanged();
      toast(outcomeSentence(outcome));
    });
  };
  const renewAll = () => {
    setRenewing("all");
    return run(async () => {
      const outcomes = await jsonOf<Outcome[]>(
        supabase.rpc("create_invites", {
          interview_id: interview.id,
          emails: renewals.map(({ email }) => email),
        }),
      );
      invitesChanged();
      const made = outcomes.filter(({ outcome }) => outcome === "created").length;
      toast(`${plural(made, "new code is on its way", "new codes are on their way")}.`);
    });
  };
  return (
    <Notice
      tone="warn"
      title={
        renewals.length === MOST_RENEWALS
          ? `${count(MOST_RENEWALS)}+ candidates requested a new code.`
          : `${plural(renewals.length, "candidate", "candidates")} requested a new code.`
      }
      actions={
        renewals.length > 1 && (
          <Button variant="secondary" small busy={busy && renewing === "all"} onClick={renewAll}>
            Renew all {count(renewals.length)}
          </Button>
        )
      }
    >
      <ul className={styles.asked}>
        {renewals.slice(0, SHOWN).map((invite) => (
          <li key={invite.id}>
            <span>
              <span className={styles.email}>
                <NamedAddress name={invite.candidate_name}>{invite.email}</NamedAddress>
              </span>
              {invite.renewal_requested_at && (
                <span className="soft small">
                  on <Moment at={invite.renewal_requested_at} />
                </span>
              )}
            </span>
            <Button
              variant="secondary"
              small
              aria-label={`Renew the code of ${invite.email}`}
              busy={busy && renewing === invite.id}
              onClick={() => renew(invite)}
            >
              Renew
            </Button>
          </li>
        ))}
        {more > 0 && <li className="soft">and {plural(more, "other")}</li>}
      </ul>
      {refusal && <AccountProblem problem={refusal} />}
    </Notice>
  );
}
