"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { Logo } from "@/ui/Logo";
import { AccountMenu } from "./AccountMenu";
import { useSession } from "./Providers";
import styles from "./SiteHeader.module.css";

const SECTIONS = [
  { href: "/candidates/dashboard", below: "/candidates", name: "My interviews" },
  { href: "/recruiters", below: "/recruiters", name: "Recruiting" },
];

/** On top of every page: the name, where one can go, and who is signed in. */
export function SiteHeader() {
  const { account } = useSession();
  const pathname = usePathname();
  return (
    <header className={styles.header}>
      <a className={styles.skip} href="#main">
        Skip to the content
      </a>
      <div className={styles.inner}>
        <Link href="/" prefetch={false} className={styles.brand} aria-label="HireVision, home">
          <Logo />
          <span className={account ? styles.word : undefined}>HireVision</span>
        </Link>
        <nav className={styles.nav} aria-label="Main">
          {account ? (
            SECTIONS.map(({ href, below, name }) => (
              <Link
                key={href}
                href={href}
                prefetch={false}
                className={styles.link}
                aria-current={pathname.startsWith(below) ? "page" : undefined}
              >
                {name}
              </Link>
            ))
          ) : (
            <>
              <Link href="/login" prefetch={false} className={styles.link}>
                Sign in
              </Link>
              <Link href="/signup" prefetch={false} className={styles.link}>
                Sign up
              </Link>
            </>
          )}
        </nav>
        {account && <AccountMenu account={account} />}
      </div>
    </header>
  );
}
