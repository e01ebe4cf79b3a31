import type { ReactNode } from "react";
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
