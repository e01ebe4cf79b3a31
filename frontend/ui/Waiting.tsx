import { useRef } from "react";
import { plural } from "@/lib/format";
import { Button } from "./Button";
import styles from "./Waiting.module.css";

interface WaitingProps {
  /** What is new, and what is shown but out of date; of useFreshRows or useFreshPage. */
  list: { added: number; gone: number; show: () => void };
  /** What is counted: one, and many. */
  of?: readonly [string, string];
  /** Whether the page says it elsewhere, too: screen readers are told once. */
  again?: boolean;
}

/** Leads to what others have added or changed. It keeps its place, so that nothing moves. */
export function Waiting({ list: { added, gone, show }, of = ["new", "new"], again }: WaitingProps) {
  const place = useRef<HTMLDivElement>(null);
  return (
    <div ref={place} className={styles.waiting} role={again ? undefined : "status"} tabIndex={-1}>
      {added + gone > 0 && (
        <Button
          variant="secondary"
          onClick={() => {
            show();
            // The button goes.
            place.current?.focus();
          }}
        >
          {added > 0 ? `${plural(added, ...of)} – show` : "Out of date – update"}
        </Button>
      )}
    </div>
  );
}
