"use client";

import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useRead } from "@/features/account/ServerAnswers";
import { isAwaited } from "@/lib/analysis";
import { wordsIn } from "@/lib/transcript";
import type { Response } from "../reads";
import { EvidenceList } from "./EvidenceList";
import type { PlayerHandle, Playing } from "./playing";
import { evidenceRead, type Spoken as Read, spokenRead } from "./reads";
import styles from "./Spoken.module.css";
import { Timeline } from "./Timeline";
import { Transcript } from "./Transcript";

// While a transcript is on its way.
const LOOK_MS = 10_000;

interface SpokenProps {
  response: Response;
  /** The ids of all questions, in their order, where the others are on the same page. */
  questions: string[];
  /** Where to begin, in seconds. */
  at: number;
  /** The player. */
  children: (playing: Playing) => ReactNode;
}

/** A recording with what was said in it: words, and what criteria look for, lead into the player. */
export function Spoken({ response, questions, at, children }: SpokenProps) {
  const answer = useRead(spokenRead(response.id), {
    refreshInterval: (data) => (data?.analyses.some(isAwaited) ? LOOK_MS : 0),
  });
  const [from] = useState(at);
  const [second, setSecond] = useState<number | null>(null);
  const player = useRef<PlayerHandle>(null);
  const seek = useCallback((to: number) => player.current?.seek(to), []);
  const place = useRef<HTMLDivElement>(null);
  // Who follows a quote wants to hear it; the link that was pressed may be gone.
  useEffect(() => {
    if (from === 0 || document.activeElement !== document.body) return;
    place.current?.querySelector<HTMLElement>("[data-play]")?.focus();
  }, [from]);
  return (
    <>
      <div ref={place} className="stack">
        {children({ player, from, onSecond: setSecond })}
      </div>
      {answer.data && (
        <Said
          response={response}
          spoken={answer.data}
          questions={questions}
          second={second ?? (from > 0 ? from : null)}
          onSeek={seek}
          onChange={() => void answer.mutate()}
        />
      )}
    </>
  );
}

interface SaidProps {
  response: Response;
  spoken: Read;
  questions: string[];
  second: number | null;
  onSeek: (second: number) => void;
  onChange: () => void;
}

function Said({ response, spoken, questions, second, onSeek, onChange }: SaidProps) {
  const [transcript] = spoken.analyses;
  const words = useMemo(() => wordsIn(transcript?.words), [transcript]);
  const evidence = useRead(evidenceRead(spoken.participant.interview.id, spoken.participant_id));
  const readable = transcript?.status === "done" && !transcript.problem;
  const marks = (evidence.data?.quotes ?? []).flatMap(({ response_id, start_seconds }) =>
    response_id === response.id && start_seconds !== null ? [start_seconds] : [],
  );
  return (
    <div className={styles.spoken}>
      {readable && marks.length > 0 && (
        <Timeline
          seconds={transcript.seconds ?? response.duration_seconds ?? 0}
          second={second}
          marks={[...new Set(marks)]}
        />
      )}
      <Transcript
        responseId={response.id}
        spoken={spoken}
        words={words}
        second={second}
        onSeek={onSeek}
        onChange={onChange}
      />
      {readable && evidence.data && evidence.data.criteria.length > 0 && (
        <EvidenceList
          evidence={evidence.data}
          responseId={response.id}
          questions={questions}
          onSeek={onSeek}
        />
      )}
    </div>
  );
}
