"use client";

import { pathFor } from "@/lib/auth";
import { Button, ButtonLink } from "@/ui/Button";
import { Notice } from "@/ui/Notice";
import { forgetConfirmation, useConfirmedElsewhere } from "./confirmedElsewhere";
import { useSignedIn } from "./Providers";

/**
 * After a confirmation in a browser that did not sign up. Mostly this is the same person's other
 * device; but anybody can sign up with somebody's address, and would know the password.
 */
export function ConfirmedElsewhere({ here }: { here: string }) {
  const { account } = useSignedIn();
  if (!useConfirmedElsewhere(account.id)) return null;
  return (
    <Notice
      title="Your address is confirmed."
      actions={
        <>
          <ButtonLink
            href={pathFor("/password", { code: null, next: here })}
            variant="secondary"
            small
          >
            Set a new password
          </ButtonLink>
          <Button variant="quiet" small onClick={() => forgetConfirmation()}>
            I chose it
          </Button>
        </>
      }
    >
      If it was not you who chose this account’s password, set a new one: whoever signed up with
      your address knows the old one.
    </Notice>
  );
}
