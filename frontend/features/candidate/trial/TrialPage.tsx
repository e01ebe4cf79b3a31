"use client";

import { type ReactNode, useEffect, useState, useSyncExternalStore } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { Button, ButtonLink } from "@/ui/Button";
import { Loaded } from "@/ui/Loaded";
import { useParams } from "@/ui/useParams";
import { AnswerStoreProvider } from "../answering/answerStore";
import { Joined } from "../Joined";
import styles from "./TrialPage.module.css";
import { Trial } from "./trial";
import { type TriedInterview, trialRead } from "./trialRead";

interface TrialPageProps {
  id: string;
  /** What to show where the interview is not the recruiter's own. */
  notFound: ReactNode;
}

/** An interview of one's own, answered as a candidate would; nothing of it is kept. */
export function TrialPage({ id, notFound }: TrialPageProps) {
  const { account } = useSignedIn();
  const answer = useRead(trialRead(account.id, id));
  const { replace } = useParams();
  const [round, setRound] = useState(1);
  const startAgain = () => {
    replace({ step: null, question: null, as: null });
    setRound(round + 1);
  };
  return (
    <Loaded answer={answer} of="the interview">
      {(tried) =>
        tried ? (
          <div className="stack">
            <section className={styles.bar} aria-label="Trial">
              <p>
                <strong>This is a trial.</strong> Nothing is stored or sent.
              </p>
              <div className="row">
                <Button variant="secondary" small onClick={startAgain}>
                  Start again
                </Button>
                <ButtonLink variant="secondary" small href={`/recruiters/${id}`}>
                  Back to the interview
                </ButtonLink>
              </div>
            </section>
            <Round key={round} tried={tried} />
          </div>
        ) : (
          notFound
        )
      }
    </Loaded>
  );
}

function Round({ tried }: { tried: TriedInterview }) {
  const [trial] = useState(() => new Trial(tried));
  const joined = useSyncExternalStore(trial.subscribe, trial.snapshot, trial.snapshot);
  useEffect(() => trial.update(tried), [trial, tried]);
  useEffect(() => () => trial.end(), [trial]);
  return (
    <AnswerStoreProvider value={trial}>
      <Joined {...joined} refresh={trial.refresh} change={trial.change} />
    </AnswerStoreProvider>
  );
}
