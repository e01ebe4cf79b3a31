"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useEffect, useState } from "react";
import { dataOf } from "@/lib/errors";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Loaded } from "@/ui/Loaded";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { useToast } from "@/ui/Toast";
import { useAction } from "@/ui/useAction";
import { useSignedIn } from "./Providers";
import { accountReads, type Signer, signatureOf } from "./reads";
import { useRead } from "./ServerAnswers";

/** The name and the company that sign what the account sends, and how that looks. */
export function NameForm() {
  const { account } = useSignedIn();
  const answer = useRead(accountReads(account.id).signer);
  return (
    <section className="card stack" aria-labelledby="name">
      <h2 id="name">Name and company</h2>
      <Loaded answer={answer} of="your name" shape="line">
        {(signer) => <Fields signer={signer} onSaved={() => void answer.mutate()} />}
      </Loaded>
    </section>
  );
}

function Fields({ signer, onSaved }: { signer: Signer; onSaved: () => void }) {
  const { supabase } = useSignedIn();
  const router = useRouter();
  const toast = useToast();
  const { run, busy, refusal } = useAction();
  const [typed, setTyped] = useState({ full_name: signer.full_name, company: signer.company });
  const preview = useAction();
  const [signature, setSignature] = useState(signer.signature);
  const { run: look } = preview;

  useEffect(() => {
    const timer = setTimeout(
      () => void look(async () => setSignature(await signatureOf(supabase, typed))),
      PAUSE,
    );
    return () => clearTimeout(timer);
  }, [supabase, typed, look]);

  const save = (event: FormEvent) => {
    event.preventDefault();
    void run(async () => {
      // Refused before it is saved: the account itself takes anything.
      setSignature(await signatureOf(supabase, typed));
      const { full_name, company } = typed;
      const data = { full_name: full_name.trim(), company: company.trim() };
      await dataOf(supabase.auth.updateUser({ data }));
      // The header has the name from the token.
      await dataOf(supabase.auth.refreshSession());
      onSaved();
      router.refresh();
      toast("Saved.");
    });
  };
  const problem = refusal ?? preview.refusal;
  return (
    <form className="stack" onSubmit={save}>
      <Field
        label="Your name"
        autoComplete="name"
        maxLength={100}
        value={typed.full_name}
        onChange={(event) => setTyped({ ...typed, full_name: event.target.value })}
      />
      <Field
        label="Company"
        optional
        autoComplete="organization"
        maxLength={100}
        value={typed.company}
        onChange={(event) => setTyped({ ...typed, company: event.target.value })}
      />
      <p role="status">
        <span className="soft small">Emails to candidates and reviewers end with:</span>
        <br />
        Best regards,
        <br />
        <strong>
          <bdi>{signature}</bdi>
        </strong>
      </p>
      {problem && <ProblemNotice problem={problem} />}
      <div>
        <Button type="submit" busy={busy}>
          {busy ? "Saving …" : "Save"}
        </Button>
      </div>
    </form>
  );
}

// After the last key, in milliseconds.
const PAUSE = 400;
