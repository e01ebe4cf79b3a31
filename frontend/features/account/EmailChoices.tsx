"use client";

import { type FormEvent, useState } from "react";
import { jsonOf } from "@/lib/errors";
import { Button } from "@/ui/Button";
import { Select } from "@/ui/Field";
import { Loaded } from "@/ui/Loaded";
import { Clock } from "@/ui/Time";
import { useToast } from "@/ui/Toast";
import { useAction } from "@/ui/useAction";
import { AccountProblem } from "./AccountProblem";
import { useSignedIn } from "./Providers";
import { accountReads, type Choice, type Notifications } from "./reads";
import { useRead } from "./ServerAnswers";

const LABELS: Record<keyof Notifications, string> = {
  candidate_completed: "Candidates complete an interview",
  renewal_requested: "Somebody asks for a new code",
  delivery_failed: "Invitations can’t be delivered",
};
const KINDS = Object.keys(LABELS) as (keyof Notifications)[];
const CHOICES: Record<Choice, string> = {
  each: "Each time",
  daily: "Once a day",
  never: "Never",
};

// When the daily emails are sent, today.
const dailyAt = () => `${new Date().toISOString().slice(0, 10)}T06:00:00Z`;

/** When a recruiter is told of what by email. */
export function EmailChoices() {
  const { account, supabase } = useSignedIn();
  const toast = useToast();
  const { run, busy, refusal } = useAction();
  const answer = useRead(accountReads(account.id).notifications);
  const [changed, setChanged] = useState<Partial<Notifications>>({});
  const save = () =>
    run(async () => {
      const saved = await jsonOf<Notifications>(supabase.rpc("set_notifications", changed));
      await answer.mutate(saved, { revalidate: false });
      setChanged({});
      toast("Saved.");
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save();
  };
  return (
    <form className="card stack" aria-labelledby="emails" onSubmit={submit}>
      <h2 id="emails">Emails about your interviews</h2>
      <p>
        “Each time” is at most once an hour for each interview. “Once a day” is one email at{" "}
        <Clock at={dailyAt()} /> with what has happened in all of them, and none if nothing has.
      </p>
      <Loaded answer={answer} of="your choices" shape="line">
        {(data) =>
          KINDS.map((kind) => (
            <Select
              key={kind}
              label={LABELS[kind]}
              value={changed[kind] ?? data[kind]}
              onChange={(event) => setChanged({ ...changed, [kind]: event.target.value as Choice })}
            >
              {Object.entries(CHOICES).map(([choice, text]) => (
                <option key={choice} value={choice}>
                  {text}
                </option>
              ))}
            </Select>
          ))
        }
      </Loaded>
      {refusal && <AccountProblem problem={refusal} onRetry={save} busy={busy} />}
      <div>
        <Button type="submit" busy={busy}>
          {busy ? "Saving …" : "Save"}
        </Button>
      </div>
    </form>
  );
}
