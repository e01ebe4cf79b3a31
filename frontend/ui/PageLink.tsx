"use client";

import Link, { useLinkStatus } from "next/link";
import type { ComponentProps } from "react";
import styles from "./PageLink.module.css";

/** A link to another page of ours. A bar on top of the page tells that it was followed. */
export function PageLink({ children, ...rest }: ComponentProps<typeof Link>) {
  return (
    <Link prefetch={false} {...rest}>
      {children}
      <Pending />
    </Link>
  );
}

function Pending() {
  const { pending } = useLinkStatus();
  return pending && <PendingBar />;
}

/** Says that something is on its way, where nothing else does. */
export function PendingBar() {
  return (
    <span className={styles.bar} role="status">
      <span className="unseen">Loading …</span>
    </span>
  );
}
