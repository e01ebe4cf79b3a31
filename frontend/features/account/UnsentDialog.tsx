"use client";

import { count, plural } from "@/lib/format";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import type { Unsent } from "./unsent";

interface UnsentDialogProps {
  unsent: Unsent;
  onClose: () => void;
  onSignOut: () => Promise<unknown>;
}

/** Asks before somebody signs out whose answers wait on this device. */
export default function UnsentDialog({ unsent, onClose, onSignOut }: UnsentDialogProps) {
  const { recordings, texts } = unsent;
  return (
    <ConfirmDialog
      title="Sign out with unsent answers?"
      action="Sign out"
      danger
      onClose={onClose}
      onConfirm={onSignOut}
    >
      {recordings > 0 && (
        <>
          {recordings === 1 ? "One recording has" : `${count(recordings)} recordings have`} not been
          sent yet. What is unsent stays in this browser and can be sent once you sign in here
          again; nobody else who signs in here sees it.{" "}
        </>
      )}
      {texts > 0 && (
        <>
          {plural(texts, "written answer has", "written answers have")} not been saved yet, and will
          be deleted from this browser.
        </>
      )}
    </ConfirmDialog>
  );
}
