"use client";

import { useId, useRef, useState } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { jsonOf } from "@/lib/errors";
import { Button } from "@/ui/Button";
import { Choices } from "@/ui/Choices";
import { Loaded } from "@/ui/Loaded";
import { Moment } from "@/ui/Time";
import { useToast } from "@/ui/Toast";
import { useAction } from "@/ui/useAction";
import styles from "./Review.module.css";
import { candidateReads, type Decision } from "./reads";

const DECISIONS = [
  ["advance", "Advance"],
  ["hold", "Hold"],
  ["decline", "Decline"],
] as const;

interface DecisionSectionProps {
  interviewId: string;
  participantId: string;
}

/** What becomes of the candidate. Only kept: nobody is told, and nothing follows from it. */
export function DecisionSection({ interviewId, participantId }: DecisionSectionProps) {
  const { account, supabase } = useSignedIn();
  const answer = useRead(candidateReads(interviewId, participantId, account.id).decision);
  const { run, busy, refusal, setRefusal } = useAction();
  const toast = useToast();
  const heading = useId();
  const section = useRef<HTMLElement>(null);
  // Chosen and not saved yet; the arrow keys pass by others on their way.
  const [chosen, setChosen] = useState<string | null>(null);
  const [missing, setMissing] = useState(false);

  const decide = (decision: string | null) =>
    run(async () => {
      const { decided_at } = await jsonOf<Pick<Decision, "decided_at">>(
        // Null takes it back, which generated types do not know.
        supabase.rpc("decide", { participant_id: participantId, decision: decision as string }),
      );
      await answer.mutate(decision === null ? null : { decision, decided_at }, {
        revalidate: false,
      });
      setChosen(null);
      // The button is gone that was pressed.
      if (decision === null) section.current?.querySelector("input")?.focus();
      toast(decision === null ? "Decision cleared." : "Decision saved.");
    });
  return (
    <section ref={section} className={styles.section} aria-labelledby={heading}>
      <h2 id={heading}>Decision</h2>
      <Loaded answer={answer} of="the decision" shape="line" count={1}>
        {(saved) => {
          const value = chosen ?? saved?.decision ?? "";
          const save = () => {
            setMissing(value === "");
            if (value !== "") void decide(value);
          };
          return (
            <div className={`card ${styles.form}`}>
              <Choices<string>
                of="Decision"
                choices={DECISIONS}
                value={value}
                onChange={(decision) => {
                  setRefusal(null);
                  setMissing(false);
                  setChosen(decision);
                }}
              />
              {missing && (
                <p className={styles.error} role="alert">
                  Choose a decision.
                </p>
              )}
              <div className={styles.told}>
                {saved && (
                  <p>
                    Decided on <Moment at={saved.decided_at} />.
                  </p>
                )}
                <p>Candidates never see this, and are not told.</p>
              </div>
              {refusal && (
                <AccountProblem problem={refusal} busy={busy} onRetry={() => void save()} />
              )}
              <div className="row">
                <Button busy={busy} onClick={save}>
                  Confirm decision
                </Button>
                {saved && (
                  <Button variant="secondary" busy={busy} onClick={() => void decide(null)}>
                    Clear
                  </Button>
                )}
              </div>
            </div>
          );
        }}
      </Loaded>
    </section>
  );
}
