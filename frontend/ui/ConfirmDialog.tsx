"use client";

import type { ReactNode } from "react";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { ProblemNotice } from "./ProblemNotice";
import { useAction } from "./useAction";

interface ConfirmDialogProps {
  title: ReactNode;
  children: ReactNode;
  /** What the button says that does it. */
  action: string;
  danger?: boolean;
  /** May throw a refusal, which is shown here. */
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks before something that cannot be undone; closes once it is done. */
export function ConfirmDialog({
  title,
  children,
  action,
  danger,
  onConfirm,
  onClose,
}: ConfirmDialogProps) {
  const { run, busy, refusal } = useAction();
  const confirm = () =>
    run(async () => {
      await onConfirm();
      onClose();
    });
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button variant="secondary" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button variant={danger ? "danger" : "primary"} busy={busy} onClick={confirm}>
            {action}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>{children}</p>
        {refusal && <ProblemNotice problem={refusal} />}
      </div>
    </Dialog>
  );
}
