import { Button } from "./Button";
import styles from "./Pager.module.css";

interface CursorPagerProps {
  /** What is paged, for screen readers: "invites". */
  of: string;
  /** The cursors of the pages beside this one; null where there is none. */
  previous: string | null;
  next: string | null;
  /** Another page is on its way. */
  busy: boolean;
  onGo: (to: { before: string | null; after: string | null }) => void;
}

/** Leads through a list of any length, a page at a time; nothing when one page holds it all. */
export function CursorPager({ of, previous, next, busy, onGo }: CursorPagerProps) {
  if (!previous && !next) return null;
  // Not `disabled`, which would take the focus away from somebody who has just come to an end.
  return (
    <nav className={styles.pager} aria-label={`Pages of ${of}`}>
      <Button
        variant="secondary"
        small
        aria-disabled={!previous}
        onClick={() => previous && !busy && onGo({ before: previous, after: null })}
      >
        Previous
      </Button>
      <span className={styles.where} role="status">
        {busy && "Loading …"}
      </span>
      <Button
        variant="secondary"
        small
        aria-disabled={!next}
        onClick={() => next && !busy && onGo({ before: null, after: next })}
      >
        Next
      </Button>
    </nav>
  );
}
