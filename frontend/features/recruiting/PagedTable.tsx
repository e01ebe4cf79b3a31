import type { Page } from "@/lib/keyset";
import { CursorPager } from "@/ui/CursorPager";
import { type Column, Table } from "@/ui/Table";
import styles from "./interview/RecruiterInterviewPage.module.css";

interface PagedTableProps<Row> {
  caption: string;
  columns: Column<Row>[];
  page: Page<Row>;
  /** Another page is on its way. */
  busy: boolean;
  onGo: (to: { before: string | null; after: string | null }) => void;
  dense?: boolean;
}

/** A page of a list of any length, and what leads to the others. */
export function PagedTable<Row extends { id: string }>(props: PagedTableProps<Row>) {
  const { caption, columns, page, busy, onGo, dense } = props;
  return (
    <>
      <div className={`card ${styles.sheet} ${busy ? styles.stale : ""}`} aria-busy={busy}>
        <Table
          caption={caption}
          columns={columns}
          rows={page.rows}
          rowKey={({ id }) => id}
          dense={dense}
        />
      </div>
      <CursorPager
        of={caption.toLowerCase()}
        previous={page.previous}
        next={page.next}
        busy={busy}
        onGo={onGo}
      />
    </>
  );
}
