"use client";

import { useId, useState } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { jsonOf, problemOf } from "@/lib/errors";
import { count, plural } from "@/lib/format";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { Field } from "@/ui/Field";
import { Notice } from "@/ui/Notice";
import { Pager } from "@/ui/Pager";
import { Skeleton } from "@/ui/Skeleton";
import { Table } from "@/ui/Table";
import { Moment } from "@/ui/Time";
import { useToast } from "@/ui/Toast";
import { useAction } from "@/ui/useAction";
import { CodeChip } from "../CodeChip";
import { outcomeSentence } from "../InviteResults";
import {
  INVITE_PAGE,
  type Interview,
  type Invite,
  type InviteQuery,
  isOpen,
  isPending,
  type Outcome,
  useInvites,
  useRenewals,
} from "../queries";
import { InviteState, MailState } from "../StatusBadges";
import { InviteDialog } from "./InviteDialog";
import { ManageInviteDialog } from "./ManageInviteDialog";
import styles from "./RecruiterInterviewPage.module.css";

const FILTERS = [
  { filter: "all", name: "All" },
  { filter: "pending", name: "Pending" },
  { filter: "failed", name: "Not delivered" },
  { filter: "joined", name: "Joined" },
  { filter: "expired", name: "Expired" },
] as const;

interface InvitesSectionProps {
  interview: Interview;
  onChanged: () => Promise<unknown>;
}

/** Who was invited, with what code, and what became of the mail. */
export function InvitesSection({ interview, onChanged }: InvitesSectionProps) {
  const [query, setQuery] = useState<InviteQuery>({ filter: "all", search: "", page: 0 });
  const { data, error, isValidating, isLoading, mutate } = useInvites(interview.id, query);
  const { data: renewals = [] } = useRenewals(interview.id);
  const [inviting, setInviting] = useState(false);
  const [chosenId, setChosen] = useState<string | null>(null);
  const heading = useId();

  const asking = new Set(renewals.map(({ id }) => id));
  const chosen = data?.rows.find(({ id }) => id === chosenId);
  const narrowed = query.filter !== "all" || query.search !== "";
  const narrow = (change: Partial<InviteQuery>) => setQuery({ ...query, page: 0, ...change });
  // Rows may have gone since.
  const pages = Math.ceil((data?.total ?? 0) / INVITE_PAGE);
  if (data && query.page > 0 && query.page >= pages) setQuery({ ...query, page: pages - 1 });

  const invite = (
    <Button variant="secondary" onClick={() => setInviting(true)}>
      Invite more
    </Button>
  );
  const columns = [
    {
      name: "Candidate",
      cell: (row: Invite) => (
        <>
          <div className={styles.email}>{row.email}</div>
          {asking.has(row.id) && <Badge tone="warn">Asks for a new code</Badge>}
        </>
      ),
    },
    {
      name: "Code",
      number: true,
      cell: (row: Invite) =>
        isPending(row) ? <CodeChip code={row.invite_code} email={row.email} /> : "–",
    },
    { name: "Status", cell: (row: Invite) => <InviteState invite={row} /> },
    { name: "Mail", cell: (row: Invite) => <MailState invite={row} /> },
    {
      name: "Action",
      cell: (row: Invite) => (
        <Button
          variant="secondary"
          small
          aria-label={`Manage the invite of ${row.email}`}
          aria-haspopup="dialog"
          onClick={() => setChosen(row.id)}
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
          Invites <span className={styles.count}>{data && !narrowed && count(data.total)}</span>
        </h2>
        {invite}
      </div>
      {renewals.length > 0 && (
        <Renewals interview={interview} renewals={renewals} onChanged={onChanged} />
      )}
      {(data?.total !== 0 || narrowed) && (
        <div className={styles.filters}>
          <fieldset className={styles.choices}>
            <legend className="unseen">Which invites</legend>
            {FILTERS.map(({ filter, name }) => (
              <label key={filter} className={styles.choice}>
                <input
                  type="radio"
                  name={heading}
                  checked={query.filter === filter}
                  onChange={() => narrow({ filter })}
                />
                {name}
              </label>
            ))}
          </fieldset>
          <Search onSearch={(search) => narrow({ search })} />
        </div>
      )}
      {error && (
        <AccountProblem problem={problemOf(error)} onRetry={() => mutate()} busy={isValidating} />
      )}
      {!data && !error && <Skeleton of="the invites" shape="line" count={6} />}
      {data && data.rows.length > 0 && (
        <div className={`card ${styles.sheet} ${isLoading ? styles.stale : ""}`}>
          <Table caption="Invites" columns={columns} rows={data.rows} rowKey={({ id }) => id} />
        </div>
      )}
      {data?.total === 0 &&
        (narrowed ? (
          <p className="soft" role="status">
            No invite is like that.
          </p>
        ) : (
          <EmptyState title="Nobody is invited yet">
            {isOpen(interview)
              ? "Each candidate gets a mail with a code of their own."
              : "Open the interview first: as it is, it takes nobody in."}
          </EmptyState>
        ))}
      {data && (
        <Pager
          of="invites"
          page={query.page}
          size={INVITE_PAGE}
          total={data.total}
          onPage={(page) => setQuery({ ...query, page })}
        />
      )}
      {chosen && (
        <ManageInviteDialog
          invite={chosen}
          asking={asking.has(chosen.id)}
          onClose={() => setChosen(null)}
          onChanged={onChanged}
        />
      )}
      {inviting && (
        <InviteDialog
          interview={interview}
          onClose={() => setInviting(false)}
          onInvited={onChanged}
        />
      )}
    </section>
  );
}

/** Looks while it is typed, once a pause is made. */
function Search({ onSearch }: { onSearch: (search: string) => void }) {
  const [timer, setTimer] = useState<ReturnType<typeof setTimeout>>();
  return (
    <Field
      label="Find an address"
      type="search"
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      onChange={({ target }) => {
        clearTimeout(timer);
        setTimer(setTimeout(() => onSearch(target.value.trim().toLowerCase()), 250));
      }}
    />
  );
}

interface RenewalsProps extends InvitesSectionProps {
  renewals: Invite[];
}

// The others stand in the list.
const SHOWN = 5;

/** Those whose codes have expired and who have asked for new ones. */
function Renewals({ interview, renewals, onChanged }: RenewalsProps) {
  const { supabase } = useSignedIn();
  const { run, busy, refusal } = useAction();
  const toast = useToast();
  const [renewing, setRenewing] = useState("");
  const more = renewals.length - SHOWN;

  const renew = (invite: Invite) => {
    setRenewing(invite.id);
    return run(async () => {
      const outcome = await jsonOf<Outcome>(
        supabase.rpc("resend_invite", { invite_id: invite.id }),
      );
      await onChanged();
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
      await onChanged();
      const made = outcomes.filter(({ outcome }) => outcome === "created").length;
      toast(`${plural(made, "new code is", "new codes are")} on the way.`);
    });
  };
  return (
    <Notice
      tone="warn"
      title={`${plural(renewals.length, "candidate asks", "candidates ask")} for a new code.`}
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
              <span className={styles.email}>{invite.email}</span>{" "}
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
