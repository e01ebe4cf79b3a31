"use client";

import { useSignedIn } from "./Providers";
import { accountReads } from "./reads";
import { useRead } from "./ServerAnswers";

/** Who signs the emails that the account is about to have sent. */
export function Signature() {
  const { account } = useSignedIn();
  const { data } = useRead(accountReads(account.id).signer);
  return <bdi>{data?.signature ?? "…"}</bdi>;
}
