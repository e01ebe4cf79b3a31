import type { ReactNode } from "react";
import { answeredOf } from "@/lib/responses";
import { Button } from "@/ui/Button";
import { NamedAddress } from "@/ui/NamedAddress";
import { PageLink } from "@/ui/PageLink";
import { Moment } from "@/ui/Time";
import { useDialog } from "@/ui/useDialog";
import { useParams } from "@/ui/useParams";
import { PagedTable } from "../PagedTable";
import styles from "./Candidates.module.css";
import { eventName, PersonState } from "./PersonState";
import { type CandidatePage, type Person, pageOfPerson } from "./reads";
import type { useSelection } from "./useSelection";

type Selecting = Pick<ReturnType<typeof useSelection>, "selection" | "tick">;

interface CandidateTableProps extends Selecting {
  page: CandidatePage;
  /** Another page is on its way. */
  busy: boolean;
  /** Above the table. */
  children: ReactNode;
}

/** A page of candidates, each of whom can be ticked. */
export function CandidateTable(props: CandidateTableProps) {
  const { page, busy, selection, tick, children } = props;
  const { push } = useParams();
  const managing = useDialog("manage");
  const isTicked = ({ id }: Person) => selection.all || selection.ids.has(id);
  const columns = [
    {
      name: "Candidate",
      cell: (row: Person) => (
        <div className={styles.person}>
          <Tick
            name={`Select ${row.email ?? "this person"}`}
            unseen
            ticked={isTicked(row)}
            onTick={(ticked) => tick([row.id], ticked)}
          />
          <PageLink href={pageOfPerson(row)} className={styles.link}>
            {row.email ? (
              <NamedAddress name={row.candidate_name}>{row.email}</NamedAddress>
            ) : (
              "Unknown address"
            )}
          </PageLink>
        </div>
      ),
    },
    { name: "Status", col: styles.state, cell: (row: Person) => <PersonState person={row} /> },
    {
      name: "Answered",
      col: styles.number,
      number: true,
      cell: ({ joined_at, answered, questions }: Person) =>
        joined_at && answeredOf(answered, questions),
    },
    {
      name: "Reviews",
      col: styles.number,
      number: true,
      cell: ({ reviews, own_review_at }: Person) =>
        reviews > 0 && (
          <>
            {reviews}
            {own_review_at && <span className={styles.second}>with yours</span>}
          </>
        ),
    },
    {
      name: "Last activity",
      col: styles.activity,
      cell: ({ last_event, last_event_at }: Person) => (
        <>
          {eventName(last_event)}
          <span className={styles.second}>
            <Moment at={last_event_at} />
          </span>
        </>
      ),
    },
    {
      name: "Action",
      col: styles.action,
      cell: (row: Person) =>
        row.invite_id && (
          <Button
            variant="quiet"
            aria-label={`Manage the invitation to ${row.email}`}
            aria-haspopup="dialog"
            onClick={() => managing.open(row.id)}
          >
            Manage
          </Button>
        ),
    },
  ];
  const ticked = page.rows.filter(isTicked).length;
  return (
    <>
      <div className={styles.above}>
        <Tick
          name="Select this page"
          ticked={ticked === page.rows.length}
          partly={ticked > 0 && ticked < page.rows.length}
          onTick={(on) =>
            tick(
              page.rows.map(({ id }) => id),
              on,
            )
          }
        />
        {children}
      </div>
      <PagedTable
        caption="Candidates"
        columns={columns}
        page={page}
        busy={busy}
        onGo={push}
        dense
      />
    </>
  );
}

interface TickProps {
  name: string;
  /** Whether the name is for screen readers alone. */
  unseen?: boolean;
  ticked: boolean;
  partly?: boolean;
  onTick: (ticked: boolean) => void;
}

const Tick = ({ name, unseen = false, ticked, partly = false, onTick }: TickProps) => (
  <label className={styles.tick}>
    <input
      type="checkbox"
      checked={ticked}
      ref={(box) => {
        if (box) box.indeterminate = partly;
      }}
      onChange={({ target }) => onTick(target.checked)}
    />
    <span className={unseen ? "unseen" : undefined}>{name}</span>
  </label>
);
