import { type Ref, type RefObject, useImperativeHandle } from "react";

/** What of a player the things beside it work with. */
export interface Playing {
  player: Ref<PlayerHandle>;
  /** Where to begin, in seconds. */
  from: number;
  /** Called while it plays, and after a jump. */
  onSecond: (second: number) => void;
}

export interface PlayerHandle {
  /** Plays from there on. */
  seek: (second: number) => void;
}

/** Lets others jump in a recording: at once where it is open, otherwise it is opened there. */
export function useJumps(
  player: Ref<PlayerHandle> | undefined,
  media: RefObject<HTMLMediaElement | null>,
  openAt: (second: number) => void,
) {
  useImperativeHandle(player, () => ({
    seek: (second) => {
      const { current } = media;
      if (!current) return openAt(second);
      current.currentTime = second;
      // Some browsers refuse this; then its own button does it.
      void current.play().catch(() => {});
    },
  }));
}
