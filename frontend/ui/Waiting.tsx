import { plural } from "@/lib/format";
import { Button } from "./Button";
import styles from "./Waiting.module.css";

interface WaitingProps {
  /** Rows that are new, and rows that are shown but not there any more; of a list in useFreshRows. */
  list: { added: number; gone: number; show: () => void };
}

/** Leads to what others have added to a list. It keeps its place, so that nothing moves. */
export function Waiting({ list: { added, gone, show } }: WaitingProps) {
  return (
    <div className={styles.waiting} role="status">
      {added + gone > 0 && (
        <Button variant="secondary" onClick={show}>
          {added > 0 ? `${plural(added, "new", "new")} – show` : "Out of date – update"}
        </Button>
      )}
    </div>
  );
}
