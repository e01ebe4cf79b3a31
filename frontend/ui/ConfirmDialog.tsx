"use client";

import { type ReactNode, useState } from "react";
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
  /** May throw a refusal, which is shown here. False when it leads to another page. */
  onConfirm: () => Promise<unknown>;
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
  const [leaving, setLeaving] = useState(false);
  const confirm = () =>
    run(async () => {
      if ((await onConfirm()) === false) setLeaving(true);
      else onClose();
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
          <Button variant={danger ? "danger" : "primary"} busy={busy || leaving} onClick={confirm}>
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
