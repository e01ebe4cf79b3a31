"use client";

import { useState } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { jsonOf } from "@/lib/errors";
import type { Read } from "@/lib/read";
import { Address } from "@/ui/Address";
import { Dialog } from "@/ui/Dialog";
import { Checkbox } from "@/ui/Field";
import { Loaded } from "@/ui/Loaded";
import { useToast } from "@/ui/Toast";
import { FormWindow } from "./FormWindow";

interface Notifications {
  candidate_completed: boolean;
  renewal_requested: boolean;
  delivery_failed: boolean;
}

const LABELS: Record<keyof Notifications, string> = {
  candidate_completed: "Candidates complete an interview",
  renewal_requested: "Somebody asks for a new code",
  delivery_failed: "Invitations can’t be delivered",
};
const KINDS = Object.keys(LABELS) as (keyof Notifications)[];

// Called without arguments, it changes nothing.
const notificationsRead = (userId: string): Read<Notifications> => ({
  key: ["notifications", userId],
  from: (supabase) => jsonOf<Notifications>(supabase.rpc("set_notifications")),
});

/** Which emails about their interviews a recruiter gets. */
export function NotificationsWindow({ onClose }: { onClose: () => void }) {
  const { account, supabase } = useSignedIn();
  const toast = useToast();
  const answer = useRead(notificationsRead(account.id));
  const [changed, setChanged] = useState<Partial<Notifications>>({});
  if (!answer.data) {
    return (
      <Dialog title="Notifications" onClose={onClose}>
        <Loaded answer={answer} of="your notifications">
          {() => null}
        </Loaded>
      </Dialog>
    );
  }
  const values = { ...answer.data, ...changed };
  const save = async () => {
    const saved = await jsonOf<Notifications>(supabase.rpc("set_notifications", values));
    await answer.mutate(saved, { revalidate: false });
    toast("Saved.");
  };
  return (
    <FormWindow title="Notifications" faulty={false} onClose={onClose} onSave={save}>
      {() => (
        <>
          <p>
            Get an email at <Address>{account.email}</Address> when something happens in your
            interviews, at most once an hour for each interview:
          </p>
          {KINDS.map((kind) => (
            <Checkbox
              key={kind}
              label={LABELS[kind]}
              checked={values[kind]}
              onChange={(event) => setChanged({ ...changed, [kind]: event.target.checked })}
            />
          ))}
        </>
      )}
    </FormWindow>
  );
}
