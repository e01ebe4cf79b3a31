"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { destinationOf, pathFor, type ReturnTo } from "@/lib/auth";
import { type Problem, problem, problemOf } from "@/lib/errors";
import { askedFor, type Link, linkIn, type Purpose } from "@/lib/link";
import { returnToFrom } from "@/lib/navigation";
import { Button, ButtonLink } from "@/ui/Button";
import { Notice } from "@/ui/Notice";
import { PageLink } from "@/ui/PageLink";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { Skeleton } from "@/ui/Skeleton";
import { useAction } from "@/ui/useAction";
import { AskAgain } from "./AskAgain";
import { useSession } from "./Providers";
import { ownerOf, type Redeemed, redeem } from "./redeemLink";

type Step =
  | { is: "reading" }
  /** Not redeemed yet; `email` where it is known whose link it is. */
  | { is: "asking"; email: string | null }
  | Redeemed
  | { is: "refused"; problem: Problem };

const READING: Link = { purpose: "confirm", brought: { form: "nothing" } };

/**
 * Where the links of Auth's emails end. Looking at the page redeems nothing: programs that check
 * mails open links, and anyone may send a link of their own account. So there is a button, which
 * says who is signed in here and whose link it is.
 */
export function ConfirmLinkPage() {
  const here = useSession();
  const { account } = here;
  const router = useRouter();
  const [returnTo, setReturnTo] = useState<ReturnTo>({ code: null, next: null });
  const [link, setLink] = useState(READING);
  const [step, setStep] = useState<Step>({ is: "reading" });
  const switching = useAction();
  const begun = useRef(false);
  const { purpose } = link;

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens
  useEffect(() => {
    // React may run this twice.
    if (begun.current) return;
    begun.current = true;
    const found = linkIn(window.location.href);
    const wanted = askedFor(window.location.href);
    const kept = returnToFrom({
      code: wanted.get("invite") ?? undefined,
      next: wanted.get("next") ?? undefined,
    });
    setReturnTo(kept);
    setLink(found);
    const { form } = found.brought;
    // What is not redeemed yet stays, for a reload.
    if (form !== "hash" && form !== "code") forgetAddress();
    open(found)
      .catch((error: unknown): Step => ({ is: "refused", problem: problemOf(error) }))
      .then((next) => {
        setStep(next);
        if (next.is === "done") router.replace(onwards(kept, found.purpose));
      });
  }, []);

  /** What there is to ask. */
  const open = async (found: Link): Promise<Step> => {
    const { brought } = found;
    if (brought.form === "refused") return { is: "refused", problem: problemOf(brought) };
    if (brought.form === "nothing") {
      return account ? { is: "done" } : { is: "refused", problem: problem("otp_expired") };
    }
    const owner = await ownerOf(found, here);
    if (account && owner?.id === account.id) return redeem(found, here);
    return { is: "asking", email: owner?.email ?? null };
  };
  const settle = (next: Step) => {
    setStep(next);
    if (next.is === "done") router.replace(onwards(returnTo, purpose));
  };

  switch (step.is) {
    case "reading":
    case "done":
      return (
        <Frame title="One moment">
          <Skeleton of="your account" count={1} />
        </Frame>
      );
    case "asking":
      return (
        <Asking
          purpose={purpose}
          email={step.email}
          inThisBrowser={link.brought.form === "code"}
          returnTo={returnTo}
          onGoOn={async () => {
            forgetAddress();
            settle(await redeem(link, here));
          }}
          onRefused={(refusal) => settle({ is: "refused", problem: refusal })}
        />
      );
    case "other":
      return (
        <WhichAccount
          purpose={purpose}
          email={step.email}
          returnTo={returnTo}
          refusal={switching.refusal}
          busy={switching.busy}
          onGoOn={() =>
            switching.run(async () => {
              await step.goOn();
              settle({ is: "done" });
            })
          }
          onStay={() => void step.stay()}
        />
      );
    case "confirmed":
      return <Confirmed purpose={purpose} returnTo={returnTo} />;
    case "refused":
      return <Refused purpose={purpose} returnTo={returnTo} refusal={step.problem} />;
  }
}

/** Tokens stay neither in the address bar nor in the history. */
const forgetAddress = () => window.history.replaceState(null, "", window.location.pathname);

/** People without a password, or who have forgotten theirs, choose one first. */
const onwards = (returnTo: ReturnTo, purpose: Purpose): string =>
  purpose === "recovery" || purpose === "invite"
    ? pathFor("/password", returnTo)
    : destinationOf(returnTo);

const ASKED: Record<Purpose, { title: string; action: string }> = {
  confirm: { title: "Confirm your email address", action: "Confirm" },
  recovery: { title: "Choose a new password", action: "Continue" },
  email_change: { title: "Change your email address", action: "Confirm the change" },
  invite: { title: "Set up your account", action: "Continue" },
  magiclink: { title: "Sign in", action: "Sign in" },
};

interface AskingProps {
  purpose: Purpose;
  email: string | null;
  /** Whether this browser asked for the link, for an account that only Auth knows. */
  inThisBrowser: boolean;
  returnTo: ReturnTo;
  onGoOn: () => Promise<void>;
  onRefused: (refusal: Problem) => void;
}

/** The button that redeems the link. */
function Asking({ purpose, email, inThisBrowser, returnTo, onGoOn, onRefused }: AskingProps) {
  const { account } = useSession();
  const { run, busy, refusal } = useAction();
  const goOn = () =>
    run(async () => {
      try {
        await onGoOn();
      } catch (error) {
        const told = problemOf(error);
        // Nothing has arrived: the link still works.
        if (told.slug === "network_down") throw error;
        onRefused(told);
      }
    });
  if (account && email) {
    return <WhichAccount {...{ purpose, email, returnTo, refusal, busy }} onGoOn={goOn} />;
  }
  const { title, action } = ASKED[purpose];
  return (
    <Frame title={title}>
      {account ? (
        <Notice tone="warn" title={`You are signed in as ${account.email}.`}>
          {inThisBrowser
            ? "This link signs you in with the account it was requested for in this browser."
            : "If this link was sent to another address, we’ll ask before switching accounts."}
        </Notice>
      ) : (
        <p className="lead">
          {email ? (
            <>
              This link is for <strong>{email}</strong>.
            </>
          ) : (
            "This link is for the address it was sent to."
          )}{" "}
          If you didn’t ask for it, close this page.
        </p>
      )}
      {refusal && <ProblemNotice problem={refusal} />}
      <div className="row">
        <Button busy={busy} onClick={goOn}>
          {email ? `Continue as ${email}` : action}
        </Button>
        {account && (
          <ButtonLink href={destinationOf(returnTo)} variant="secondary">
            Stay signed in as {account.email}
          </ButtonLink>
        )}
      </div>
    </Frame>
  );
}

interface WhichAccountProps {
  purpose: Purpose;
  /** Whose link it is. */
  email: string;
  returnTo: ReturnTo;
  refusal: Problem | null;
  busy: boolean;
  onGoOn: () => Promise<void>;
  onStay?: () => void;
}

/** Someone else is signed in: nothing changes that unasked. */
function WhichAccount({ purpose, email, returnTo, refusal, busy, ...on }: WhichAccountProps) {
  const { account } = useSession();
  return (
    <Frame title="Which account?">
      <Notice tone="warn" title={`You are signed in as ${account?.email}.`}>
        {purpose === "recovery"
          ? `This link sets a new password for ${email}.`
          : `This link is for ${email}.`}
      </Notice>
      {refusal && <ProblemNotice problem={refusal} />}
      <div className="row">
        <Button busy={busy} onClick={on.onGoOn}>
          Continue as {email}
        </Button>
        <ButtonLink
          href={destinationOf(returnTo)}
          variant="secondary"
          {...(on.onStay && { onClick: on.onStay })}
        >
          Stay signed in as {account?.email}
        </ButtonLink>
      </div>
    </Frame>
  );
}

/** It was redeemed, and signed nobody in. */
function Confirmed({ purpose, returnTo }: { purpose: Purpose; returnTo: ReturnTo }) {
  if (purpose === "recovery") {
    return (
      <Frame title="Open this link in the other browser">
        <p className="lead">
          It only works in the browser you asked for it in. You can ask for a new one here.
        </p>
        <p>
          <ButtonLink href={pathFor("/forgot", returnTo)}>Send a new link</ButtonLink>
        </p>
      </Frame>
    );
  }
  if (purpose === "email_change") {
    return (
      <Frame title="One of your addresses is confirmed">
        <p className="lead">
          Now open the link in the email to your other address. Your address changes then.
        </p>
      </Frame>
    );
  }
  return (
    <Frame title="Your address is confirmed">
      <p className="lead">You signed up in another browser. Sign in here to continue.</p>
      <p>
        <ButtonLink href={pathFor("/login", returnTo)}>Sign in</ButtonLink>
      </p>
      <p className="soft">
        If you didn’t sign up yourself,{" "}
        <PageLink href={pathFor("/forgot", returnTo)}>set a new password</PageLink>: someone else
        used your address.
      </p>
    </Frame>
  );
}

interface RefusedProps {
  purpose: Purpose;
  returnTo: ReturnTo;
  refusal: Problem;
}

function Refused({ purpose, returnTo, refusal }: RefusedProps) {
  const expired = refusal.slug === "otp_expired";
  if (purpose === "recovery" && expired) {
    return (
      <Frame title="This link didn’t work">
        <ProblemNotice
          problem={problem("recovery_expired")}
          actions={
            <>
              <ButtonLink href={pathFor("/forgot", returnTo)} variant="secondary" small>
                Send another link
              </ButtonLink>
              <ButtonLink href={pathFor("/login", returnTo)} variant="quiet" small>
                Sign in
              </ButtonLink>
            </>
          }
        />
      </Frame>
    );
  }
  return (
    <Frame title="This link didn’t work">
      <ProblemNotice
        problem={refusal}
        actions={
          <ButtonLink href={pathFor("/login", returnTo)} variant="secondary" small>
            Sign in
          </ButtonLink>
        }
      />
      <AskAgain returnTo={returnTo} />
    </Frame>
  );
}

function Frame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <h1>{title}</h1>
      {children}
    </>
  );
}
