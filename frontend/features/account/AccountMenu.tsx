"use client";

import { usePathname } from "next/navigation";
import { type FocusEvent, type KeyboardEvent, useId, useRef, useState } from "react";
import { pathFor } from "@/lib/auth";
import type { Account } from "@/lib/session";
import { Address } from "@/ui/Address";
import { Button, ButtonLink } from "@/ui/Button";
import styles from "./SiteHeader.module.css";
import { useAccountName } from "./useAccountName";
import { useSignOut } from "./useSignOut";

/** Who is signed in, the page about the account, a new password, and the way out. */
export function AccountMenu({ account, recruits }: { account: Account; recruits: boolean }) {
  const [open, setOpen] = useState(false);
  const { leave, busy, question } = useSignOut("sign-out");
  const pathname = usePathname();
  const panelId = useId();
  const name = useAccountName(open && !account.name);
  const face = useRef<HTMLButtonElement>(null);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return;
    setOpen(false);
    face.current?.focus();
  };
  const onBlur = (event: FocusEvent) => {
    if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what bubbles up from the button and the panel
    <div className={styles.account} onKeyDown={onKeyDown} onBlur={onBlur}>
      <button
        type="button"
        ref={face}
        className={styles.face}
        aria-label={`Account of ${account.email}`}
        aria-expanded={open}
        aria-controls={panelId}
        onClick={() => setOpen(!open)}
      >
        {Array.from(name ?? account.email)[0]}
      </button>
      {/* tabIndex: so that a click on its text does not count as leaving it. */}
      <div id={panelId} className={styles.panel} hidden={!open} tabIndex={-1}>
        <p>
          <span className="soft small">Signed in as</span>
          <br />
          {name && (
            <>
              <strong>
                <bdi>{name}</bdi>
              </strong>
              <br />
            </>
          )}
          <Address>{account.email}</Address>
        </p>
        <ButtonLink href="/account" variant="quiet" onClick={() => setOpen(false)}>
          Account
        </ButtonLink>
        <ButtonLink
          href={pathFor("/password", {
            code: null,
            next: pathname === "/password" ? null : pathname,
          })}
          variant="quiet"
          onClick={() => setOpen(false)}
        >
          Change password
        </ButtonLink>
        {!recruits && (
          <ButtonLink href="/recruiters" variant="quiet" onClick={() => setOpen(false)}>
            Interview others
          </ButtonLink>
        )}
        <Button variant="secondary" busy={busy} onClick={() => leave("/login")}>
          Sign out
        </Button>
      </div>
      {question}
    </div>
  );
}
