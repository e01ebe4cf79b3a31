/** Why a recording ended. */
export type Ending =
  | "asked"
  | "time"
  /** No more can be sent: the encoder wrote more than it was asked to. */
  | "size"
  /** The camera or the microphone is gone: unplugged, or taken by a call. */
  | "device"
  /** The recorder itself gave up. */
  | "broken"
  /** Another tab has taken over. */
  | "tab"
  /** The person has left the question. */
  | "left";

/** What the recorder of one question is doing. */
export type RecorderState =
  | { at: "ready" }
  /** Time to think; `endsAt` in milliseconds, like all times here. */
  | { at: "preparing"; endsAt: number }
  /** The devices and the database are asked. */
  | { at: "starting" }
  | { at: "recording"; since: number; endsAt: number }
  | { at: "stopping"; ending: Ending }
  /** There is something to watch, then to send or to throw away. */
  | { at: "review"; ending: Ending; seconds: number }
  | { at: "failed"; slug: string };

export type RecorderEvent =
  | { type: "prepare"; endsAt: number }
  | { type: "start" }
  | { type: "started"; since: number; endsAt: number }
  | { type: "stop"; ending: Ending }
  | { type: "stopped"; seconds: number }
  | { type: "failed"; slug: string }
  | { type: "reset" };

export const READY: RecorderState = { at: "ready" };

/** The state after an event; events that make no sense in a state change nothing. */
export function recorderAfter(state: RecorderState, event: RecorderEvent): RecorderState {
  switch (event.type) {
    case "prepare":
      return mayStart(state) ? { at: "preparing", endsAt: event.endsAt } : state;
    case "start":
      return mayStart(state) || state.at === "preparing" ? { at: "starting" } : state;
    case "started":
      if (state.at !== "starting") return state;
      return { at: "recording", since: event.since, endsAt: event.endsAt };
    case "stop":
      return state.at === "recording" ? { at: "stopping", ending: event.ending } : state;
    case "stopped":
      if (state.at !== "stopping") return state;
      if (event.seconds <= 0) return { at: "failed", slug: "nothing_recorded" };
      return { at: "review", ending: state.ending, seconds: event.seconds };
    case "failed":
      return { at: "failed", slug: event.slug };
    case "reset":
      return isBusy(state) ? state : READY;
  }
}

const mayStart = ({ at }: RecorderState): boolean => at === "ready" || at === "failed";

/** Whether leaving now would interrupt something. */
export const isBusy = ({ at }: RecorderState): boolean =>
  at === "starting" || at === "recording" || at === "stopping";

/** Why a recording ended, where the person did not end it themselves. */
export const ENDINGS: Record<Ending, string | null> = {
  asked: null,
  time: "The time was up, so the recording stopped by itself.",
  size: "The recording was as large as can be sent, so it stopped by itself. What you recorded until then is kept.",
  device:
    "The camera or microphone was disconnected, or something else took it. What you recorded until then is kept.",
  broken: "The recording stopped unexpectedly. What you recorded until then is kept.",
  tab: "You went on in another tab. What you recorded here is kept.",
  left: "You left the question while recording. What you recorded until then is kept.",
};
