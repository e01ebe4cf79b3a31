"use client";

import { useEffect, useState } from "react";
import { Button } from "./Button";
import styles from "./CopyButton.module.css";

interface CopyButtonProps {
  /** Made when it is copied: it may be long. */
  text: () => string;
  children: string;
  /** What is copied, for screen readers, where there are several such buttons: "the code of …". */
  of?: string;
}

// Long enough to be seen.
const SHOWN_MS = 2500;

/** Copies a text, and says on the button whether it worked. */
export function CopyButton({ text, children, of }: CopyButtonProps) {
  const [said, setSaid] = useState<"Copied" | "Not copied" | null>(null);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      setSaid("Copied");
    } catch {
      // No permission, or no https.
      setSaid("Not copied");
    }
  };
  return (
    <>
      <Button variant="quiet" small onClick={copy}>
        <span className={styles.faces}>
          <span className={said ? styles.hidden : undefined}>
            {children}
            {of && <span className="unseen"> {of}</span>}
          </span>
          <span className={said ? undefined : styles.hidden}>{said ?? "Not copied"}</span>
        </span>
      </Button>
      <span className="unseen" role="status">
        {said}
      </span>
    </>
  );
}
