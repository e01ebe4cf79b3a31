import { Button } from "./Button";
import styles from "./Pager.module.css";

interface PagerProps {
  /** What is paged, for screen readers: "invites". */
  of: string;
  /** From 0. */
  page: number;
  size: number;
  total: number;
  onPage: (page: number) => void;
}

const grouped = new Intl.NumberFormat("en-GB");

/** Leads through a long list; nothing when one page holds it all. */
export function Pager({ of, page, size, total, onPage }: PagerProps) {
  if (total <= size) return null;
  const first = page * size + 1;
  const last = Math.min(total, first + size - 1);
  // Not `disabled`, which would take the focus away from somebody who has just come to an end.
  const go = (to: number) => to >= 0 && to * size < total && onPage(to);
  return (
    <nav className={styles.pager} aria-label={`Pages of ${of}`}>
      <Button variant="secondary" small aria-disabled={page === 0} onClick={() => go(page - 1)}>
        Previous
      </Button>
      <span className={styles.where} role="status">
        {grouped.format(first)}–{grouped.format(last)} of {grouped.format(total)}
      </span>
      <Button variant="secondary" small aria-disabled={last >= total} onClick={() => go(page + 1)}>
        Next
      </Button>
    </nav>
  );
}
