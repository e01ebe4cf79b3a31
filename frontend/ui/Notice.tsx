import type { ReactNode } from "react";
import type { Problem } from "@/lib/errors";
import type { Tone } from "./Badge";
import styles from "./Notice.module.css";

interface NoticeProps {
  tone?: Tone;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
}

/** Something that stays to be read: at once by screen readers too, where it is a refusal. */
export function Notice({ tone = "neutral", title, children, actions }: NoticeProps) {
  return (
    <div className={`${styles.notice} ${styles[tone]}`} role={tone === "bad" ? "alert" : "status"}>
      <p className={styles.title}>{title}</p>
      {children && <div className={styles.text}>{children}</div>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}

/** A refusal: its sentence, the way out and what can be done about it here. */
export function ProblemNotice({ problem, actions }: { problem: Problem; actions?: ReactNode }) {
  return (
    <div data-slug={problem.slug}>
      <Notice tone="bad" title={problem.message} actions={actions}>
        {problem.hint}
      </Notice>
    </div>
  );
}
