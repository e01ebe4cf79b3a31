"use client";

import { type FormEvent, type ReactNode, useId, useRef, useState } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { ResendConfirmation } from "@/features/account/ResendConfirmation";
import { useSignOut } from "@/features/account/useSignOut";
import { pathFor } from "@/lib/auth";
import { digitsOf, interviewCode } from "@/lib/code";
import { jsonOf, type Problem, problem } from "@/lib/errors";
import { clockIn } from "@/lib/format";
import { Address } from "@/ui/Address";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Notice } from "@/ui/Notice";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { Quoted } from "@/ui/Quoted";
import { useAction } from "@/ui/useAction";
import styles from "./AddInterviewModal.module.css";

/** What `accept_invite` returns. */
export interface Joined {
  interview_id: string;
  participant_id: string;
  invite_id: string;
  title: string;
  status: string;
}

/** What `resend_my_codes` returns. */
interface Resent {
  queued: number;
  renewals_requested: number;
}

interface AddInterviewModalProps {
  /** From the address of the page; filled in, never sent by itself. */
  initialCode?: string | null;
  onClose: () => void;
  onAdded: (joined: Joined) => void;
}

/** Redeems the six-digit code of an invitation; where it is refused, offers what helps. */
export function AddInterviewModal({ initialCode, onClose, onAdded }: AddInterviewModalProps) {
  const { supabase, account } = useSignedIn();
  const [code, setCode] = useState(initialCode ?? "");
  const input = useRef<HTMLInputElement>(null);
  const joining = useAction();
  const resending = useAction();
  const [resent, setResent] = useState<Resent | null>(null);
  const [withdrawnFrom, setWithdrawnFrom] = useState("");
  const { leave, busy: leaving, question } = useSignOut("switch-account");
  const ids = { form: useId(), hint: useId() };

  const join = (event: FormEvent) => {
    event.preventDefault();
    setResent(null);
    setWithdrawnFrom("");
    resending.setRefusal(null);
    if (!interviewCode(code)) {
      joining.setRefusal(problem("invalid_code"));
      input.current?.focus();
      return;
    }
    void joining.run(async () => {
      const joined = await jsonOf<Joined>(supabase.rpc("accept_invite", { code }));
      // A code that was used before withdrawing is still theirs, but opens nothing.
      if (joined.status === "withdrawn") setWithdrawnFrom(joined.title);
      else onAdded(joined);
    });
  };
  const resend = () => {
    joining.setRefusal(null);
    setWithdrawnFrom("");
    return resending.run(async () => {
      setResent(null);
      setResent(await jsonOf<Resent>(supabase.rpc("resend_my_codes")));
    });
  };

  const switchAccount = () => leave(pathFor("/login", { code: interviewCode(code), next: null }));
  const switching = (
    <Button variant="secondary" small busy={leaving} onClick={switchAccount}>
      Switch account
    </Button>
  );

  const refusal = joining.refusal ?? resending.refusal;
  const ways: Record<string, ReactNode> = {
    invite_expired: (
      <Button variant="secondary" small busy={resending.busy} onClick={resend}>
        Ask for a new code
      </Button>
    ),
    invite_not_found: switching,
    invite_used: switching,
    sso_address_not_trusted: switching,
    not_signed_in: (
      <Button variant="secondary" small busy={leaving} onClick={switchAccount}>
        Sign in again
      </Button>
    ),
    network_down: (
      <Button
        variant="secondary"
        small
        busy={joining.busy || resending.busy}
        onClick={joining.refusal ? join : resend}
      >
        Try again
      </Button>
    ),
  };

  return (
    <Dialog
      title="Add Interview"
      onClose={onClose}
      keep
      actions={
        <>
          <Button variant="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" form={ids.form} busy={joining.busy}>
            Add Interview
          </Button>
        </>
      }
    >
      <form id={ids.form} className="stack" onSubmit={join} noValidate>
        <div className={styles.who}>
          <p>
            <span className="soft small">Signed in as</span>{" "}
            <strong>
              <Address>{account.email}</Address>
            </strong>
          </p>
          {switching}
        </div>
        <div className={styles.ticket}>
          <label className={styles.label} htmlFor={`${ids.form}-code`}>
            Interview code
          </label>
          <input
            ref={input}
            id={`${ids.form}-code`}
            className={styles.code}
            name="code"
            value={code}
            onChange={(event) => setCode(digitsOf(event.target.value))}
            aria-describedby={ids.hint}
            aria-invalid={refusal?.slug === "invalid_code" || undefined}
            inputMode="numeric"
            autoComplete="one-time-code"
            placeholder="······"
            required
            data-autofocus
          />
          <span className={styles.hint} id={ids.hint}>
            The six digits from your invitation email.
          </span>
        </div>
        {refusal && (
          <ProblemNotice
            problem={withWait(refusal)}
            actions={ways[refusal.slug]}
            key={refusal.slug}
          />
        )}
        {refusal?.slug === "email_not_confirmed" && (
          <ResendConfirmation
            email={account.email}
            returnTo={{ code: interviewCode(code), next: null }}
          />
        )}
        {withdrawnFrom && (
          <Notice
            tone="warn"
            title={
              <>
                You have withdrawn from <Quoted>{withdrawnFrom}</Quoted>.
              </>
            }
          >
            This code was used before. To rejoin, you need a new invitation from the recruiter.
          </Notice>
        )}
        {resent && <ResentNotice resent={resent} email={account.email} />}
        {question}
        <div className={styles.lost}>
          <Button variant="quiet" small busy={resending.busy} onClick={resend}>
            Send my codes again
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Browsers hide Retry-After from us, but it is never more than 15 minutes. */
function withWait(refusal: Problem): Problem {
  if (refusal.slug !== "too_many_attempts" && refusal.slug !== "codes_sent_recently")
    return refusal;
  return { ...refusal, hint: `${refusal.hint} You can try again at ${clockIn(15)} at the latest.` };
}

function ResentNotice({ resent, email }: { resent: Resent; email: string }) {
  const { queued, renewals_requested: asked } = resent;
  if (queued + asked === 0) {
    return (
      <Notice tone="warn" title={`There is no open invitation to ${email}.`}>
        If it went to another of your addresses, switch to that account. Otherwise, ask the
        recruiter.
      </Notice>
    );
  }
  return (
    <Notice tone="good" title={queued ? `Sent again to ${email}.` : "New code requested."}>
      {queued > 0 && <p>Check your inbox and your spam folder.</p>}
      {asked > 0 && (
        <p>
          {asked === 1 ? "One invitation has" : `${asked} invitations have`} expired. The recruiter
          can see that you asked for a new code. If they send one, it will arrive by email.
        </p>
      )}
    </Notice>
  );
}
