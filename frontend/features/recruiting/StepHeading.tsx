"use client";

import { useEffect, useRef } from "react";
import styles from "./StepHeading.module.css";

/** Where in a window of several steps one is, from 1. */
export function StepHeading({ names, current }: { names: string[]; current: number }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(current);

  // What had the focus went with the last step.
  useEffect(() => {
    if (shown.current === current) return;
    shown.current = current;
    heading.current?.focus();
  }, [current]);
  return (
    <div className={styles.steps}>
      <h3 ref={heading} tabIndex={-1} className={styles.heading}>
        Step {current} of {names.length}: {names[current - 1]}
      </h3>
      <ol className={styles.list} aria-hidden="true">
        {names.map((name, at) => (
          <li key={name} className={at < current ? styles.done : undefined} />
        ))}
      </ol>
    </div>
  );
}
