import type { ReactNode } from "react";
import styles from "./Ticket.module.css";

/** A code of six digits, with what it is for. */
export function Ticket({ code, children }: { code: string; children: ReactNode }) {
  return (
    <div className={styles.ticket}>
      <p>{children}</p>
      <Code code={code} />
    </div>
  );
}

/** Two halves for the eye; one number for copying and for screen readers. */
export function Code({ code }: { code: string }) {
  return (
    <span className={styles.code}>
      <span className={styles.half}>{code.slice(0, 3)}</span>
      <span>{code.slice(3)}</span>
    </span>
  );
}
