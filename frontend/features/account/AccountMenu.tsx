"use client";

import { usePathname, useRouter } from "next/navigation";
import { type FocusEvent, type KeyboardEvent, useId, useRef, useState } from "react";
import { pathFor, signOut } from "@/lib/auth";
import type { Account } from "@/lib/session";
import { Button, ButtonLink } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { useAction } from "@/ui/useAction";
import { useSession } from "./Providers";
import styles from "./SiteHeader.module.css";

/** Who is signed in, a new password, and the way out. */
export function AccountMenu({ account }: { account: Account }) {
  const [open, setOpen] = useState(false);
  const { run, busy } = useAction();
  const { supabase } = useSession();
  const router = useRouter();
  const pathname = usePathname();
  const [unsent, setUnsent] = useState(0);
  const panelId = useId();
  const face = useRef<HTMLButtonElement>(null);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return;
    setOpen(false);
    face.current?.focus();
  };
  const onBlur = (event: FocusEvent) => {
    if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
  };
  const leave = () =>
    run(async () => {
      // Only on this click, so that no page has to load what keeps recordings.
      const { countUnsent } = await import("./deviceRecordings");
      const count = await countUnsent(account.id);
      if (count > 0) setUnsent(count);
      else await end();
    });
  const end = async () => {
    await signOut(supabase);
    router.replace("/login");
    router.refresh();
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
        {Array.from(account.name ?? account.email)[0]}
      </button>
      {/* tabIndex: so that a click on its text does not count as leaving it. */}
      <div id={panelId} className={styles.panel} hidden={!open} tabIndex={-1}>
        <p>
          <span className="soft small">Signed in as</span>
          <br />
          {account.name && <strong>{account.name}</strong>}
          {account.name && <br />}
          <span>{account.email}</span>
        </p>
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
        <Button variant="secondary" busy={busy} onClick={leave}>
          Sign out
        </Button>
      </div>
      {unsent > 0 && (
        <ConfirmDialog
          title="Sign out with unsent answers?"
          action="Sign out"
          danger
          onClose={() => setUnsent(0)}
          onConfirm={end}
        >
          {unsent === 1 ? "One recording has" : `${unsent} recordings have`} not been sent yet. What
          is unsent stays in this browser and can be sent once you sign in here again; nobody else
          who signs in here sees it.
        </ConfirmDialog>
      )}
    </div>
  );
}
