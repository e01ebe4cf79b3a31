"use client";

import { ButtonLink } from "@/ui/Button";
import { DeleteAccount } from "./DeleteAccount";
import { EmailChoices } from "./EmailChoices";
import { NameForm } from "./NameForm";
import { useSignedIn } from "./Providers";

/** The account: how it signs, which emails it gets, a new password, its end. */
export function AccountPage({ recruits }: { recruits: boolean }) {
  const { account } = useSignedIn();
  return (
    <div className="stack narrow">
      <h1>Account</h1>
      <p className="soft">
        Signed in as <bdi>{account.email}</bdi>
      </p>
      <NameForm />
      {recruits && <EmailChoices />}
      <section className="card stack" aria-labelledby="password">
        <h2 id="password">Password</h2>
        <div>
          <ButtonLink href="/password?next=%2Faccount" variant="secondary">
            Change password
          </ButtonLink>
        </div>
      </section>
      <DeleteAccount />
    </div>
  );
}
