import { parsedDraft, readDraft, textIn } from "@/lib/drafts";
import type { RecordedKind } from "@/lib/recording";

/** What somebody records with. */
export interface Choice {
  kind: RecordedKind;
  camera: string;
  microphone: string;
}

export interface Devices {
  stream: MediaStream | null;
  cameras: MediaDeviceInfo[];
  microphones: MediaDeviceInfo[];
  choice: Choice;
}

/** Under which this browser keeps the choice. */
export const DRAFT = "recording-devices";

// The camera stays on between questions: one camera, so one of these a page.
const listeners = new Set<() => void>();
const onServer: Devices = {
  stream: null,
  cameras: [],
  microphones: [],
  choice: { kind: "video", camera: "", microphone: "" },
};
let state = onServer;
let opening: Promise<MediaStream> | null = null;
let remembered = false;

function set(changes: Partial<Devices>) {
  state = { ...state, ...changes };
  for (const listener of listeners) listener();
}

export function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function snapshot(): Devices {
  if (!remembered) {
    remembered = true;
    const draft = parsedDraft(readDraft(DRAFT));
    if (draft) {
      const kind = draft.kind === "audio" ? "audio" : "video";
      const [camera, microphone] = [textIn(draft.camera), textIn(draft.microphone)];
      state = { ...state, choice: { kind, camera, microphone } };
    }
  }
  return state;
}

export const serverSnapshot = (): Devices => onServer;

/** Records with something else from now on; the stream must be opened again. */
export function choose(changes: Partial<Choice>) {
  close();
  set({ choice: { ...state.choice, ...changes } });
}

/** Camera and microphone as chosen, or the microphone alone; throws what getUserMedia throws. */
export function open(): Promise<MediaStream> {
  const live = state.stream?.getTracks().every(({ readyState }) => readyState === "live");
  if (state.stream && live) return Promise.resolve(state.stream);
  opening ??= ask().finally(() => {
    opening = null;
  });
  return opening;
}

async function ask(): Promise<MediaStream> {
  close();
  const { choice } = state;
  // Never `exact`: a camera that is gone since is no reason to have none.
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { deviceId: { ideal: choice.microphone } },
    video: choice.kind === "video" && {
      deviceId: { ideal: choice.camera },
      facingMode: { ideal: "user" },
      width: { ideal: 640 },
      height: { ideal: 480 },
      frameRate: { ideal: 24, max: 30 },
    },
  });
  if (choice !== state.choice) {
    stop(stream);
    return ask();
  }
  set({ stream });
  // Only now do they have names.
  const known = await navigator.mediaDevices.enumerateDevices();
  set({
    cameras: known.filter(({ kind }) => kind === "videoinput"),
    microphones: known.filter(({ kind }) => kind === "audioinput"),
  });
  return stream;
}

/** Camera off. */
export function close() {
  if (state.stream) stop(state.stream);
  set({ stream: null });
}

function stop(stream: MediaStream) {
  for (const track of stream.getTracks()) track.stop();
}
