"use client";

import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from "react";
import { createPortal } from "react-dom";
import { WithAddresses } from "./Address";
import { useTopDialog } from "./openDialogs";
import styles from "./Toast.module.css";

type Say = (text: ReactNode) => void;

const ToastContext = createContext<Say>(() => {});

/** Returns a function that tells, in passing and to screen readers too, that something was done. */
export const useToast = (): Say => useContext(ToastContext);

interface Told {
  id: number;
  text: ReactNode;
}

// Long enough to be read twice.
const SHOWN_MS = 8000;
let told = 0;

/**
 * Keeps what was said last for a few seconds, inside the dialog in front where there is one: the rest
 * of the page lies behind a veil, and screen readers do not hear it. Refusals do not belong here: see `Notice`.
 */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toast, setToast] = useState<Told | null>(null);
  const dialog = useTopDialog();
  const say = useCallback<Say>((text) => {
    told += 1;
    setToast({ id: told, text });
  }, []);

  useEffect(() => {
    if (!toast) return;
    const timer = setTimeout(() => setToast(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast]);

  const region = (
    <div className={styles.region} role="status">
      {toast && (
        <div className={styles.toast} key={toast.id}>
          <span>
            {typeof toast.text === "string" ? (
              <WithAddresses>{toast.text}</WithAddresses>
            ) : (
              toast.text
            )}
          </span>
          <button type="button" className={styles.dismiss} onClick={() => setToast(null)}>
            Dismiss
          </button>
        </div>
      )}
    </div>
  );
  return (
    <ToastContext value={say}>
      {children}
      {dialog ? createPortal(region, dialog) : region}
    </ToastContext>
  );
}
