"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState } from "react";
import useSWR from "swr";
import { signOut } from "@/lib/auth";
import { forgetDrafts } from "@/lib/drafts";
import { dataOf, jsonOf } from "@/lib/errors";
import { plural } from "@/lib/format";
import { Address } from "@/ui/Address";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Field } from "@/ui/Field";
import { Loaded } from "@/ui/Loaded";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { useAction } from "@/ui/useAction";
import { useDialog } from "@/ui/useDialog";
import { useSignedIn } from "./Providers";

/** What goes with an account. */
interface Counts {
  interviews: number;
  candidates: number;
  participations: number;
  reviewing: number;
}

/** Leads to the deletion of the account. */
export function DeleteAccount() {
  const dialog = useDialog("delete");
  return (
    <section className="card stack" aria-labelledby="deletion">
      <h2 id="deletion">Delete account</h2>
      <p>You see what goes with it before anything is deleted.</p>
      <div>
        <Button variant="secondary" onClick={() => dialog.open()}>
          Delete my account
        </Button>
      </div>
      {dialog.about !== null && <Deletion onClose={dialog.close} />}
    </section>
  );
}

function Deletion({ onClose }: { onClose: () => void }) {
  const { account, supabase } = useSignedIn();
  const router = useRouter();
  const { run, busy, refusal } = useAction();
  const [typed, setTyped] = useState("");
  const [leaving, setLeaving] = useState(false);
  const form = useId();
  const counts = useSWR<Counts, unknown>(["deletion", account.id], () =>
    jsonOf<Counts>(supabase.rpc("delete_my_account", { preview: true })),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(async () => {
      await dataOf(supabase.rpc("delete_my_account", { email: typed }));
      setLeaving(true);
      await signOut(supabase);
      forgetDrafts(null);
      router.replace("/login");
      router.refresh();
    });
  };
  return (
    <Dialog
      title="Delete your account?"
      onClose={onClose}
      actions={
        <>
          <Button variant="secondary" onClick={onClose}>
            Cancel
          </Button>
          {counts.data && (
            <Button type="submit" form={form} variant="danger" busy={busy || leaving}>
              Delete for good
            </Button>
          )}
        </>
      }
    >
      <Loaded answer={counts} of="what goes with your account" shape="line">
        {(data) => (
          <form id={form} className="stack" onSubmit={submit}>
            <p>This can’t be undone. With your account go:</p>
            <ul>
              {partsOf(data).map((part) => (
                <li key={part}>{part}</li>
              ))}
            </ul>
            <p className="soft small">
              {data.reviewing > 0 && "Reviews that you have written stay, without your name. "}
              Emails that were sent stay in their mailboxes. Who asked for a link to which recording
              is kept as long as the privacy notice says.
            </p>
            <Field
              label={
                <>
                  To confirm, type your address: <Address>{account.email}</Address>
                </>
              }
              autoComplete="off"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              required
            />
            {refusal && <ProblemNotice problem={refusal} />}
          </form>
        )}
      </Loaded>
    </Dialog>
  );
}

function partsOf({ interviews, candidates, participations, reviewing }: Counts): string[] {
  const parts = [
    "your name, your address and your settings",
    interviews > 0 &&
      `your ${plural(interviews, "interview")}, for everybody: the answers, recordings and ` +
        `reviews of ${plural(candidates, "person who has", "people who have")} joined, and all ` +
        "invitations",
    participations > 0 &&
      `your answers and recordings in ${plural(participations, "interview")} that you have joined`,
    reviewing > 0 && `your access to ${plural(reviewing, "interview")} that you review`,
  ];
  return parts.filter((part) => part !== false);
}
