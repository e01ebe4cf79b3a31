"use client";

import { pathFor } from "@/lib/auth";
import { Button, ButtonLink } from "@/ui/Button";
import { Notice } from "@/ui/Notice";
import { forgetConfirmation, useConfirmedElsewhere } from "./confirmedElsewhere";
import { useSignedIn } from "./Providers";

/**
 * After a confirmation in a browser that did not sign up. Usually it is another device of the same
 * person; but anyone can sign up with someone else's address, and would know the password.
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
            I chose it myself
          </Button>
        </>
      }
    >
      If you didn’t choose this account’s password, set a new one: someone else signed up with your
      address and knows it.
    </Notice>
  );
}
