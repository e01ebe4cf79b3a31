"use client";

import { type FormEvent, useId, useRef, useState } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { useAction } from "@/ui/useAction";
import { useFaultFocus } from "./FaultNotice";

interface FormWindowProps {
  title: string;
  faulty: boolean;
  onClose: () => void;
  /** False where it is not saved, and the form says why, at a field for instance. */
  onSave: () => Promise<unknown>;
  children: (checked: boolean, close: () => void) => React.ReactNode;
}

/** A dialog with a form that is saved as a whole; closes once it is. */
export function FormWindow({ title, faulty, onClose, onSave, children }: FormWindowProps) {
  const { run, busy, refusal } = useAction();
  const [checked, setChecked] = useState(false);
  const unsaved = useRef(false);
  const form = useId();
  const focusFirstFault = useFaultFocus();
  const close = () => {
    unsaved.current = false;
    onClose();
  };
  const save = () =>
    run(async () => {
      if ((await onSave()) !== false) close();
      else focusFirstFault(document.getElementById(form));
    });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setChecked(true);
    if (faulty) focusFirstFault(event.currentTarget);
    else void save();
  };
  return (
    <Dialog
      title={title}
      keep
      onClose={onClose}
      unsaved={unsaved}
      actions={
        <>
          <Button variant="secondary" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" form={form} busy={busy}>
            {busy ? "Saving …" : "Save"}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="stack"
        onSubmit={submit}
        onInput={() => {
          unsaved.current = true;
        }}
        noValidate
      >
        {children(checked, close)}
        {refusal && <AccountProblem problem={refusal} onRetry={save} busy={busy} />}
      </form>
    </Dialog>
  );
}
