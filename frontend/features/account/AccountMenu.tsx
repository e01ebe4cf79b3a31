"use client";

import { usePathname, useRouter } from "next/navigation";
import {
  type FocusEvent,
  type KeyboardEvent,
  lazy,
  Suspense,
  useId,
  useRef,
  useState,
} from "react";
import { pathFor, signOut } from "@/lib/auth";
import type { Account } from "@/lib/session";
import { Button, ButtonLink } from "@/ui/Button";
import { useAction } from "@/ui/useAction";
import { useSession } from "./Providers";
import styles from "./SiteHeader.module.css";
import { unsentInterviews } from "./unsent";

// Few have anything unsent.
const UnsentDialog = lazy(() => import("./UnsentDialog"));

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
      const { length } = await unsentInterviews(account.id);
      if (length > 0) setUnsent(length);
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
        <Suspense>
          <UnsentDialog count={unsent} onClose={() => setUnsent(0)} onSignOut={end} />
        </Suspense>
      )}
    </div>
  );
}
