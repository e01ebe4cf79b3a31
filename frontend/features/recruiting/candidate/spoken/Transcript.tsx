import { useId } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { barrierTold, engineTold, isAwaited, problemTold, waitingTold } from "@/lib/analysis";
import { jsonOf } from "@/lib/errors";
import type { Word } from "@/lib/transcript";
import { Button } from "@/ui/Button";
import { useAction } from "@/ui/useAction";
import { WordsLegend } from "@/ui/Words";
import { analystRead, type Transcript as Row, type Spoken } from "./reads";
import styles from "./Spoken.module.css";
import { TranscriptText } from "./TranscriptText";

interface TranscriptProps {
  responseId: string;
  spoken: Spoken;
  words: Word[];
  /** Where the player is; null before it was opened. */
  second: number | null;
  onSeek: (second: number) => void;
  /** It is to be read again. */
  onChange: () => void;
}

/** What somebody said, or why that is not written down. */
export function Transcript(props: TranscriptProps) {
  const { responseId, spoken, words, second, onSeek, onChange } = props;
  const { account } = useSignedIn();
  const heading = useId();
  // Reviewers can't.
  const mayTry = spoken.recruiter_id === account.id;
  const [transcript] = spoken.analyses;
  const barrier = barrierTold({
    analysis: spoken.participant.interview.analysis,
    consents: spoken.participant.consents_to_analysis,
  });
  const problem = transcript ? problemTold(transcript) : null;
  return (
    <section className={styles.spoken} aria-labelledby={heading}>
      <div>
        <h3 id={heading}>Transcript</h3>
        <div role="status">
          {!transcript && <p className="soft">{barrier ?? "There is no transcript."}</p>}
          {transcript && isAwaited(transcript) && <Waiting status={transcript.status} />}
          {problem && <p className="soft">{problem}</p>}
        </div>
      </div>
      {transcript?.status === "failed" && mayTry && (
        <Again responseId={responseId} onChange={onChange} />
      )}
      {transcript?.status === "done" && problem === null && (
        <>
          {words.length > 0 ? (
            <TranscriptText words={words} second={second} onSeek={onSeek} />
          ) : (
            <p className="prewrap" dir="auto">
              {transcript.transcript}
            </p>
          )}
          <WordsLegend />
        </>
      )}
      {transcript?.status === "done" && <p className="soft small">{engineTold(transcript)}</p>}
      {transcript?.correction && <Correction text={transcript.correction} />}
    </section>
  );
}

function Waiting({ status }: Pick<Row, "status">) {
  const analyst = useRead(analystRead);
  return <p className="soft">{waitingTold({ status }, analyst.data?.transcript)}</p>;
}

/** Has another transcript made. */
function Again({ responseId, onChange }: { responseId: string; onChange: () => void }) {
  const { supabase } = useSignedIn();
  const { run, busy, refusal } = useAction();
  const again = () =>
    run(async () => {
      try {
        await jsonOf(supabase.rpc("analyze_again", { response_id: responseId }));
      } finally {
        onChange();
      }
    });
  return (
    <>
      <div>
        <Button variant="secondary" small busy={busy} onClick={again}>
          Try again
        </Button>
      </div>
      {refusal && <AccountProblem problem={refusal} busy={busy} onRetry={again} />}
    </>
  );
}

/** What the candidate says about the transcript of theirs. */
const Correction = ({ text }: { text: string }) => (
  <figure className={styles.spoken}>
    <figcaption>
      <strong>The candidate’s note on it</strong>
    </figcaption>
    <blockquote className={`prewrap ${styles.correction}`} dir="auto">
      {text}
    </blockquote>
  </figure>
);
