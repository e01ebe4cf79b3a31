"use client";

import { type MouseEvent, type ReactNode, useEffect, useId, useRef } from "react";
import styles from "./Dialog.module.css";
import { dialogOpened } from "./openDialogs";

interface DialogProps {
  title: ReactNode;
  /** Called by Escape, by the cross and, unless `keep`, by a click beside the window. */
  onClose: () => void;
  children: ReactNode;
  /** Buttons, in a row that stays in sight while the body scrolls. */
  actions?: ReactNode;
  wide?: boolean;
  /** Holds what somebody typed: a click beside it must not close it. */
  keep?: boolean;
}

/**
 * A modal window while it is rendered: `{open && <Dialog …/>}`. The browser's own `<dialog>` keeps
 * the focus inside and gives it back to where it was. Put `data-autofocus` on what should have
 * it first; otherwise it is the cross. A form around body and actions: `<form id>` in the children
 * and `<Button type="submit" form={id}>` in the actions.
 */
export function Dialog({ title, onClose, children, actions, wide, keep }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const pressed = useRef<EventTarget | null>(null);
  const titleId = useId();

  useEffect(() => {
    const element = dialog.current;
    const opener = document.activeElement;
    element?.showModal();
    const closed = element && dialogOpened(element);
    // React's own `autoFocus` acts when it mounts, before the window is open.
    element?.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    return () => {
      closed?.();
      element?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);

  // Pressed and released on the backdrop: not when a selection of text ends there.
  const onClick = (event: MouseEvent) => {
    const beside = event.target === dialog.current && pressed.current === dialog.current;
    if (beside && !keep) onClose();
  };

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the key for it, see onCancel
    <dialog
      ref={dialog}
      className={wide ? `${styles.dialog} ${styles.wide}` : styles.dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        // Escape in a file chooser within also ends up here.
        if (event.target !== dialog.current) return;
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        pressed.current = event.target;
      }}
      onClick={onClick}
    >
      <div className={styles.frame}>
        <div className={styles.head}>
          <h2 id={titleId}>{title}</h2>
          <button type="button" className={styles.close} aria-label="Close" onClick={onClose}>
            <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
              <path
                d="M3 3l12 12M15 3L3 15"
                stroke="currentColor"
                strokeWidth="2"
                strokeLinecap="round"
              />
            </svg>
          </button>
        </div>
        <div className={styles.body}>{children}</div>
        {actions && <div className={styles.foot}>{actions}</div>}
      </div>
    </dialog>
  );
}
