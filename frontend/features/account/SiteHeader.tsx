"use client";

import { usePathname } from "next/navigation";
import type { MouseEvent } from "react";
import { DASHBOARD } from "@/lib/navigation";
import { Logo } from "@/ui/Logo";
import { PageLink } from "@/ui/PageLink";
import { AccountMenu } from "./AccountMenu";
import { useSession } from "./Providers";
import styles from "./SiteHeader.module.css";

const SECTIONS = [
  { href: DASHBOARD, below: "/candidates", name: "My interviews" },
  { href: "/reviews", below: "/reviews", name: "Reviews" },
  { href: "/recruiters", below: "/recruiters", name: "Recruiting" },
];

// The address stays: the router would not notice when Back removes "#main" from it.
function toContent(event: MouseEvent) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

interface SiteHeaderProps {
  recruits: boolean;
  reviews: boolean;
}

/** On top of every page: the name, where one can go, and who is signed in. */
export function SiteHeader({ recruits, reviews }: SiteHeaderProps) {
  const { account } = useSession();
  const pathname = usePathname();
  // Candidates have no use for the other sections.
  const uses: Record<string, boolean> = { "/reviews": reviews, "/recruiters": recruits };
  const sections = SECTIONS.filter(
    ({ below }) => (uses[below] ?? true) || pathname.startsWith(below),
  );
  return (
    <header className={styles.header}>
      {/* biome-ignore lint/a11y/useValidAnchor: before the page's scripts run, it is only a link */}
      <a className={styles.skip} href="#main" onClick={toContent}>
        Skip to the content
      </a>
      <div className={styles.inner}>
        <PageLink href="/" className={styles.brand} aria-label="HireVision, home">
          <Logo />
          <span className={account ? styles.word : undefined}>HireVision</span>
        </PageLink>
        <nav className={styles.nav} aria-label="Main">
          {account ? (
            sections.map(({ href, below, name }) => (
              <PageLink
                key={href}
                href={href}
                className={styles.link}
                aria-current={pathname.startsWith(below) ? "page" : undefined}
              >
                {name}
              </PageLink>
            ))
          ) : (
            <>
              <PageLink href="/login" className={styles.link}>
                Sign in
              </PageLink>
              <PageLink href="/signup" className={styles.link}>
                Sign up
              </PageLink>
            </>
          )}
        </nav>
        {account && <AccountMenu account={account} recruits={recruits} />}
      </div>
    </header>
  );
}
