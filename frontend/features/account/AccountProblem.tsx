"use client";

import { usePathname } from "next/navigation";
import type { ComponentProps } from "react";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { useSignedIn } from "./Providers";
import { ResendConfirmation } from "./ResendConfirmation";

/** Why something was refused. Who has not confirmed their address can have the mail sent again. */
export function AccountProblem(props: ComponentProps<typeof ProblemNotice>) {
  const { account } = useSignedIn();
  const pathname = usePathname();
  return (
    <>
      <ProblemNotice {...props} />
      {props.problem.slug === "email_not_confirmed" && (
        <ResendConfirmation
          email={account.email}
          returnTo={{ code: null, next: props.back ?? pathname }}
        />
      )}
    </>
  );
}
