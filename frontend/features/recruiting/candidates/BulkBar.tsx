import { count } from "@/lib/format";
import { Button } from "@/ui/Button";
import { ACTION_WORDS, ACTIONS, type Action, MOST } from "./bulk";
import styles from "./Candidates.module.css";

interface BulkBarProps {
  selected: number;
  /** How many more could be selected at once; null where they are, or are all on this page. */
  matching: number | null;
  onSelectAll: () => void;
  onClear: () => void;
  onAction: (action: Action) => void;
}

/** What can be done to all who are selected. */
export function BulkBar({ selected, matching, onSelectAll, onClear, onAction }: BulkBarProps) {
  return (
    <section className={styles.bar} aria-label="Selected candidates">
      <p className={styles.selected}>
        <span role="status">{count(selected)} selected</span>
        {matching !== null && (
          <Button variant="quiet" onClick={onSelectAll}>
            {matching > MOST ? `Select the first ${count(MOST)}` : `Select all ${count(matching)}`}
          </Button>
        )}
        <Button variant="quiet" onClick={onClear}>
          Clear
        </Button>
      </p>
      <div className={styles.actions}>
        {ACTIONS.map((action) => (
          <Button
            key={action}
            variant="secondary"
            aria-haspopup="dialog"
            onClick={() => onAction(action)}
          >
            {ACTION_WORDS[action].name}
          </Button>
        ))}
      </div>
    </section>
  );
}
