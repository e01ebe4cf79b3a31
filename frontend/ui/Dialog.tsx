"use client";

import {
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import { Button } from "./Button";
import styles from "./Dialog.module.css";
import { beforeBack, dialogOpened } from "./openDialogs";

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
  /** Whether something was entered that would be lost; asked before it is. */
  unsaved?: RefObject<boolean>;
}

const NOTHING = { current: false };

/**
 * A modal window while it is rendered: `{open && <Dialog …/>}`. The browser's own `<dialog>` keeps
 * the focus inside and gives it back to where it was. Put `data-autofocus` on what should have
 * it first; otherwise it is the cross. A form around body and actions: `<form id>` in the children
 * and `<Button type="submit" form={id}>` in the actions.
 */
export function Dialog(props: DialogProps) {
  const { title, onClose, children, actions, wide, keep, unsaved = NOTHING } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const pressed = useRef<EventTarget | null>(null);
  const [asking, setAsking] = useState(false);
  const titleId = useId();
  const leave = () => (unsaved.current ? setAsking(true) : onClose());
  useAskedBefore(unsaved, setAsking);

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
    if (beside && !keep) leave();
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
        leave();
      }}
      onClose={(event) => {
        // A second Escape in a row closes it without asking.
        if (event.target !== dialog.current || dialog.current.open) return;
        dialog.current.showModal();
        leave();
      }}
      onMouseDown={(event) => {
        pressed.current = event.target;
      }}
      onClick={onClick}
    >
      <div className={styles.frame}>
        <div className={styles.head}>
          <h2 id={titleId}>{title}</h2>
          <button type="button" className={styles.close} aria-label="Close" onClick={leave}>
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
        {asking && (
          <Discard
            onKeep={() => setAsking(false)}
            onDiscard={() => {
              unsaved.current = false;
              onClose();
            }}
          />
        )}
        {!asking && actions && <div className={styles.foot}>{actions}</div>}
      </div>
    </dialog>
  );
}

interface DiscardProps {
  onKeep: () => void;
  onDiscard: () => void;
}

/** The question before something that was entered is lost. */
function Discard({ onKeep, onDiscard }: DiscardProps) {
  const text = useId();
  const place = useRef<HTMLFieldSetElement>(null);
  useEffect(() => place.current?.querySelector("button")?.focus(), []);
  return (
    <fieldset ref={place} className={styles.foot} aria-labelledby={text}>
      <p id={text} className={styles.question}>
        Discard your changes? They are not saved.
      </p>
      <Button variant="secondary" onClick={onKeep}>
        Keep editing
      </Button>
      <Button variant="danger" onClick={onDiscard}>
        Discard
      </Button>
    </fieldset>
  );
}

/** Has the browser's Back ask, too, and the browser before it closes or reloads the page. */
function useAskedBefore(unsaved: RefObject<boolean>, ask: (asking: boolean) => void) {
  useEffect(() => {
    const stay = () => {
      if (unsaved.current) ask(true);
      return unsaved.current;
    };
    const warn = (event: BeforeUnloadEvent) => unsaved.current && event.preventDefault();
    const over = beforeBack(stay);
    window.addEventListener("beforeunload", warn);
    return () => {
      over();
      window.removeEventListener("beforeunload", warn);
    };
  }, [unsaved, ask]);
}
