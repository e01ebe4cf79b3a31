"use client";

import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { BackLink } from "@/ui/BackLink";
import { Loaded } from "@/ui/Loaded";
import { NamedAddress } from "@/ui/NamedAddress";
import { useParams } from "@/ui/useParams";
import { NotYours } from "../interview/NotYours";
import { Comparison } from "./Comparison";
import { type Compared, compareReads } from "./reads";

/** The answers of an interview's candidates beside each other, for its recruiter. */
export function ComparePage({ interviewId }: { interviewId: string }) {
  const { account } = useSignedIn();
  const { param } = useParams();
  const interview = useRead(compareReads(interviewId, account.id, param).interview);
  const home = `/recruiters/${interviewId}`;
  return (
    <div className="stack">
      <BackLink href={home}>{interview.data?.title ?? "Interview"}</BackLink>
      <Loaded answer={interview} of="the interview">
        {(found) =>
          found ? (
            <Comparison
              interviewId={interviewId}
              viewer={{ accountId: account.id, owner: true }}
              home={home}
              nameOf={({ invite }: Compared) =>
                invite ? (
                  <NamedAddress name={invite.candidate_name}>{invite.email}</NamedAddress>
                ) : (
                  "Unknown address"
                )
              }
            />
          ) : (
            <NotYours />
          )
        }
      </Loaded>
    </div>
  );
}
