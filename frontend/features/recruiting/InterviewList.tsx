"use client";

import { type ReactNode, useEffect } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { useFresh, useFreshRows } from "@/features/account/useFresh";
import { useDraft, writeDraft } from "@/lib/drafts";
import { problem } from "@/lib/errors";
import { count, percent, plural } from "@/lib/format";
import { Badge } from "@/ui/Badge";
import { Button, ButtonLink } from "@/ui/Button";
import { CardLink } from "@/ui/CardLink";
import { Choices } from "@/ui/Choices";
import { CursorPager } from "@/ui/CursorPager";
import { EmptyState } from "@/ui/EmptyState";
import { Select } from "@/ui/Field";
import { Loaded } from "@/ui/Loaded";
import { Notice } from "@/ui/Notice";
import { PageLink } from "@/ui/PageLink";
import { Quoted } from "@/ui/Quoted";
import { SearchField } from "@/ui/SearchField";
import { Day } from "@/ui/Time";
import { useParams } from "@/ui/useParams";
import { Waiting } from "@/ui/Waiting";
import { DeliveryStatus } from "./DeliveryStatus";
import styles from "./InterviewList.module.css";
import { draftTitle, newInterviewKey } from "./new-interview/draft";
import {
  INTERVIEW_FILTERS,
  INTERVIEW_ORDERS,
  type InterviewFilter,
  interviewQueryIn,
  listReads,
  type Stats,
} from "./queries";
import { Deadline, InterviewBadge } from "./StatusBadges";

interface InterviewListProps {
  onNewInterview: () => void;
  /** With an interview's id. */
  onManage: (id: string) => void;
  /** Above the list. */
  children?: ReactNode;
}

/** A recruiter's interviews, the latest first. */
export function InterviewList(props: InterviewListProps) {
  const { onNewInterview, onManage, children } = props;
  const { param, push, replace } = useParams();
  const reads = listReads(param);
  const interviews = useFreshRows(null, reads.interviews, (row) => row.interview_id ?? "");
  const { data: counts, mutate: countAgain } = useRead(reads.counts);
  useFresh(null, () => void countAgain());
  const delivery = useRead(reads.delivery, { refreshInterval: 30_000 });
  const barrier = useRead(reads.barrier);
  const query = interviewQueryIn(param);
  const narrowed = query.filter !== "all" || query.search !== "";
  const none = interviews.data?.rows.length === 0;
  const onFirstPage = !param("after") && !param("before");
  const empty = none && onFirstPage && !narrowed && !counts?.archived;
  const firstPage = { after: null, before: null };
  // Rows may have gone since.
  const beyondTheEnd = none && !onFirstPage && !interviews.isLoading;
  useEffect(() => {
    if (beyondTheEnd) replace({ after: null, before: null });
  });

  const create = <Button onClick={onNewInterview}>New Interview</Button>;
  return (
    <div className="stack">
      <div className={styles.head}>
        <h1>Recruiting</h1>
        {!empty && (
          <div className="row">
            <Waiting list={interviews} />
            <ButtonLink variant="quiet" href="/recruiters/analytics">
              Analytics
            </ButtonLink>
            <ButtonLink variant="quiet" href="/recruiters/templates">
              Templates
            </ButtonLink>
            {create}
          </div>
        )}
      </div>
      <DeliveryStatus state={delivery.data} />
      {children}
      {!empty && (
        <div className={styles.filters}>
          <SearchField
            label="Find an interview"
            value={query.search}
            onSearch={(search) => replace({ ...firstPage, q: search || null })}
          />
          <Select
            label="Sort by"
            value={query.order}
            onChange={({ target }) =>
              push({ ...firstPage, sort: target.value === "created" ? null : target.value })
            }
          >
            {INTERVIEW_ORDERS.map((order) => (
              <option key={order} value={order}>
                {ORDER_NAMES[order]}
              </option>
            ))}
          </Select>
          <div className={styles.choices}>
            <Choices
              of="Which interviews"
              choices={INTERVIEW_FILTERS.map((name) => [name, FILTER_NAMES[name], counts?.[name]])}
              value={query.filter}
              onChange={(name) => push({ ...firstPage, show: name === "all" ? null : name })}
            />
          </div>
        </div>
      )}
      <Loaded
        answer={interviews}
        of="your interviews"
        isEmpty={() => empty}
        empty={
          barrier.data ? (
            <AccountProblem problem={problem(barrier.data)} />
          ) : (
            <EmptyState title="No interviews yet" action={create}>
              Begin with a template or write your own questions, then paste the addresses of those
              you invite. Each candidate gets an email with their own code.
            </EmptyState>
          )
        }
      >
        {({ rows, previous, next }) => (
          <>
            <ul
              className={styles.list}
              aria-label="Your interviews"
              aria-busy={interviews.isLoading}
            >
              {rows.map((row) => (
                <Row key={row.interview_id} row={row} onManage={() => onManage(row.interview_id)} />
              ))}
            </ul>
            {rows.length === 0 && (
              <p className="soft" role="status">
                {narrowed ? "No matches" : "No interviews here. They are in the archive."}
              </p>
            )}
            <CursorPager
              of="interviews"
              previous={previous}
              next={next}
              busy={interviews.isLoading}
              onGo={push}
            />
          </>
        )}
      </Loaded>
    </div>
  );
}

const FILTER_NAMES: Record<InterviewFilter, string> = {
  all: "All",
  attention: "Needs attention",
  active: "Open",
  inactive: "Closed",
  completed: "Completed",
  archived: "Archived",
};

const ORDER_NAMES = {
  created: "Newest first",
  title: "Title, A to Z",
  deadline: "Deadline, next first",
};

function Row({ row, onManage }: { row: Stats; onManage: () => void }) {
  return (
    <li className={`card ${styles.row}`}>
      <div className={styles.what}>
        <h2 className={styles.title} dir="auto">
          <CardLink href={`/recruiters/${row.interview_id}`}>{row.title}</CardLink>
        </h2>
        <p className={styles.facts}>
          <InterviewBadge interview={row} />
          {row.archived_at && <Badge>Archived</Badge>}
          <span>
            <Deadline interview={row} />
          </span>
          <span>
            Created <Day at={row.created_at} />
          </span>
        </p>
        <Attention row={row} />
      </div>
      <Figures stats={row} />
      <div className={styles.manage}>
        <Button
          variant="quiet"
          small
          aria-label={`Manage ${row.title}`}
          aria-haspopup="dialog"
          onClick={onManage}
        >
          Manage
        </Button>
      </div>
    </li>
  );
}

/** What somebody should look at, each with the candidates whom it is about. */
function Attention({ row }: { row: Stats }) {
  const kinds = [
    { show: "asks_for_code", people: row.asks_for_code ?? 0, told: ["asks", "ask", "for a code"] },
    { show: "not_delivered", people: row.not_delivered ?? 0, told: ["was", "were", "not reached"] },
    { show: "completed", people: row.to_review ?? 0, told: ["waits", "wait", "for a review"] },
  ].filter(({ people }) => people > 0);
  if (kinds.length === 0) return null;
  return (
    <ul className={styles.attention} aria-label="Needs attention">
      {kinds.map(({ show, people, told: [one, many, what] }) => (
        <li key={show}>
          <PageLink className={styles.reason} href={`/recruiters/${row.interview_id}?show=${show}`}>
            {plural(people, one ?? "", many)} {what}
          </PageLink>
        </li>
      ))}
    </ul>
  );
}

/**
 * People: invited, joined, completed, and how many of those who joined have completed. Those
 * who have withdrawn count as joined, too, and are named there.
 */
export function Figures({
  stats,
}: {
  stats: Pick<Stats, "invited" | "joined" | "completed" | "withdrawn" | "completion_rate">;
}) {
  const withdrawn = stats.withdrawn ?? 0;
  const figures: { name: string; text: string; more?: string | false }[] = [
    { name: "Invited", text: count(stats.invited) },
    {
      name: "Joined",
      text: count(stats.joined),
      more: withdrawn > 0 && `${plural(withdrawn, "has", "have")} withdrawn`,
    },
    { name: "Completed", text: count(stats.completed) },
    { name: "Completion", text: percent(stats.completion_rate) },
  ];
  return (
    <dl className={styles.figures}>
      {figures.map(({ name, text, more }) => (
        <div key={name} className={styles.figure}>
          <dt>{name}</dt>
          <dd>{text}</dd>
          {more && <dd className={styles.aside}>{more}</dd>}
        </div>
      ))}
    </dl>
  );
}

/** An interview that somebody began to create and has not finished. */
export function DraftOffer({ onContinue }: { onContinue: () => void }) {
  const { account } = useSignedIn();
  const kept = useDraft(newInterviewKey(account.id));
  if (!kept) return null;
  const title = draftTitle(kept);
  return (
    <Notice
      title={
        <>You haven’t finished creating {title ? <Quoted>{title}</Quoted> : "an interview"}.</>
      }
      actions={
        <>
          <Button variant="secondary" small onClick={onContinue}>
            Continue
          </Button>
          <Button
            variant="quiet"
            small
            onClick={() => writeDraft(newInterviewKey(account.id), null)}
          >
            Discard
          </Button>
        </>
      }
    >
      Your entries are saved in this browser.
    </Notice>
  );
}
