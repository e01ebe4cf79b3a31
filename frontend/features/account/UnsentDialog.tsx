"use client";

import { ConfirmDialog } from "@/ui/ConfirmDialog";

interface UnsentDialogProps {
  count: number;
  onClose: () => void;
  onSignOut: () => Promise<void>;
}

/** Asks before somebody signs out whose recordings wait on this device. */
export default function UnsentDialog({ count, onClose, onSignOut }: UnsentDialogProps) {
  return (
    <ConfirmDialog
      title="Sign out with unsent answers?"
      action="Sign out"
      danger
      onClose={onClose}
      onConfirm={onSignOut}
    >
      {count === 1 ? "One recording has" : `${count} recordings have`} not been sent yet. What is
      unsent stays in this browser and can be sent once you sign in here again; nobody else who
      signs in here sees it.
    </ConfirmDialog>
  );
}
