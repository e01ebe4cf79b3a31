"use client";

import { useEffect, useRef, useState } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { problem, refuse } from "@/lib/errors";
import { clock } from "@/lib/recording";
import { type RecordingLink, recordingLink } from "@/lib/recordingLink";
import { Button } from "@/ui/Button";
import { Choices } from "@/ui/Choices";
import { useAction } from "@/ui/useAction";
import styles from "./RecruiterCandidatePage.module.css";
import type { Response } from "./reads";
import { type Playing, useJumps } from "./spoken/playing";

const SPEEDS = [
  [1, "1×"],
  [1.5, "1.5×"],
  [2, "2×"],
] as const;
export type Speed = (typeof SPEEDS)[number][0];

/** A link, where to go on with it, and whether to play at once. */
interface Source extends RecordingLink {
  second: number;
  play: boolean;
}

interface PlayerProps {
  response: Response;
  speed: Speed;
  onPlayed: () => void;
  /** The id of what is played, for screen readers. */
  describedBy: string;
  playing?: Playing;
}

/** A recording. A link is asked for when somebody wants to play it, and renewed when it is over. */
export function Player(props: PlayerProps) {
  const { response, speed, onPlayed, describedBy, playing } = props;
  const from = playing?.from ?? 0;
  const { supabase } = useSignedIn();
  const { run, busy, refusal, setRefusal } = useAction();
  const [source, setSource] = useState<Source | null>(null);
  const media = useRef<HTMLVideoElement & HTMLAudioElement>(null);
  // Whether it is meant to play: a browser that fails pauses, and nobody has asked it to.
  const going = useRef(true);
  // Whether this link has played anything: one that has not would only fail again.
  const works = useRef(false);

  const open = (wanted?: number) =>
    run(async () => {
      const link = (await recordingLink(supabase, response.id)) ?? refuse("recording_gone");
      works.current = false;
      const second = wanted ?? media.current?.currentTime ?? from;
      setSource({ ...link, second, play: going.current });
      // Links of the same second are the same, and the browser loads no address again by itself.
      if (media.current?.src === link.url) media.current.load();
    });
  useJumps(playing?.player, media, (second) => {
    going.current = true;
    void open(second);
  });
  const renewIfOver = () => {
    if (source && Date.now() >= source.expiresAt) void open();
  };
  const onError = () => {
    if (works.current) void open();
    else setRefusal(problem("recording_unplayable"));
  };
  const goOn = () => {
    const { current } = media;
    if (!current || !source) return;
    current.currentTime = source.second;
    current.defaultPlaybackRate = speed;
    current.playbackRate = speed;
    // Some browsers refuse this; then its own button does it.
    if (source.play) void current.play().catch(() => {});
  };

  // The button is gone that was pressed, unless it was one beside the player.
  const opened = source !== null;
  useEffect(() => {
    if (opened && document.activeElement === document.body) media.current?.focus();
  }, [opened]);

  useEffect(() => {
    if (media.current) media.current.playbackRate = speed;
  }, [speed]);

  const shown = {
    ref: media,
    src: source?.url,
    controls: true,
    "aria-describedby": describedBy,
    onLoadedMetadata: goOn,
    onPlay: () => {
      going.current = true;
      pauseOthers(media.current);
      renewIfOver();
    },
    onPause: () => {
      if (!media.current?.error) going.current = false;
    },
    onSeeking: renewIfOver,
    onWaiting: renewIfOver,
    onError,
    onTimeUpdate: () => {
      if (media.current) playing?.onSecond(media.current.currentTime);
      if (works.current || !source || !media.current) return;
      if (media.current.currentTime <= source.second) return;
      works.current = true;
      onPlayed();
    },
  };
  const Media = response.kind === "audio" ? "audio" : "video";
  return (
    <div className="stack">
      {source ? (
        <Media {...shown} className={styles[Media]} aria-label="Recording" />
      ) : (
        <div className={`${styles[Media]} ${styles.closed}`}>
          <Button data-play aria-describedby={describedBy} busy={busy} onClick={() => void open()}>
            {busy ? "Opening …" : from > 0 ? `Play from ${clock(from)}` : "Play"}
          </Button>
          {response.duration_seconds !== null && <span>{clock(response.duration_seconds)}</span>}
        </div>
      )}
      {refusal && <AccountProblem problem={refusal} onRetry={() => void open()} busy={busy} />}
    </div>
  );
}

/** One recording is heard at a time. */
function pauseOthers(media: HTMLMediaElement | null) {
  for (const other of document.querySelectorAll<HTMLMediaElement>("video, audio")) {
    if (other !== media) other.pause();
  }
}

interface SpeedChoiceProps {
  speed: Speed;
  onSpeed: (speed: Speed) => void;
}

/** How fast recordings are played. */
export function SpeedChoice({ speed, onSpeed }: SpeedChoiceProps) {
  return (
    <div className="row">
      <span className="soft small" aria-hidden="true">
        Speed
      </span>
      <Choices of="Speed" choices={SPEEDS} value={speed} onChange={onSpeed} />
    </div>
  );
}
