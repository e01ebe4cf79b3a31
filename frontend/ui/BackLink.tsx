import styles from "./BackLink.module.css";
import { PageLink } from "./PageLink";

/** Leads to the page above this one. The arrow is drawn, because our fonts have none. */
export function BackLink({ href, children }: { href: string; children: string }) {
  return (
    <p>
      <PageLink href={href} className={styles.link}>
        <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
          <path
            d="M13 8H3.5M7.5 3.5 3 8l4.5 4.5"
            fill="none"
            stroke="currentColor"
            strokeWidth="2"
            strokeLinecap="round"
          />
        </svg>
        <span>
          <span className="unseen">Back to </span>
          <bdi>{children}</bdi>
        </span>
      </PageLink>
    </p>
  );
}
