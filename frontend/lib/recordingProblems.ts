import { type Problem, problemOf } from "./errors.ts";
import type { RecordedKind } from "./recording.ts";

/** What can go wrong with recording, apart from what the database refuses (errors.ts). */
const SENTENCES: Record<string, { message: string; hint: string }> = {
  camera_refused: {
    message: "The browser doesn’t let this page use your camera and microphone.",
    hint: "Choose the camera or lock sign beside the page’s address, allow both, then try again. On a phone, also look at the browser’s permissions in the settings.",
  },
  microphone_refused: {
    message: "The browser doesn’t let this page use your microphone.",
    hint: "Choose the microphone or lock sign beside the page’s address, allow it, then try again. On a phone, also look at the browser’s permissions in the settings.",
  },
  no_camera: {
    message: "No camera was found.",
    hint: "Connect one and try again, record sound alone where that is offered, or go on with your phone.",
  },
  no_microphone: {
    message: "No microphone was found.",
    hint: "Connect one and try again, or go on with your phone.",
  },
  camera_in_use: {
    message: "Another program is using your camera or microphone.",
    hint: "Close video calls and other tabs that use it, then try again.",
  },
  microphone_in_use: {
    message: "Another program is using your microphone.",
    hint: "Close calls and other tabs that use it, then try again.",
  },
  device_lost: {
    message: "The camera or microphone was disconnected.",
    hint: "Connect it again, or choose another one.",
  },
  devices_failed: {
    message: "The camera or microphone could not be started.",
    hint: "Reload the page. If that doesn’t help, restart the browser or use another one.",
  },
  nothing_recorded: {
    message: "Nothing was recorded.",
    hint: "Check the camera and microphone, then record again. This doesn’t count as a take.",
  },
  no_sound: {
    message: "We can’t hear you.",
    hint: "Check that the microphone isn’t muted and is the right one.",
  },
  no_space: {
    message: "This device has hardly any storage left for recordings.",
    hint: "Free some space. Until then, keep this page open until your answer has been sent.",
  },
  not_kept: {
    message: "This browser keeps nothing on this device, as in a private window.",
    hint: "You can record, but keep this page open until your answer has been sent: if the browser closes before, the recording is lost. A normal window is safer.",
  },
  recording_too_large: {
    message: "This recording is larger than what can be sent.",
    hint: "Record a shorter answer, or sound alone.",
  },
  unsupported_browser: {
    message: "This browser can’t record.",
    hint: "Open this page in a current Chrome, Edge, Firefox or Safari.",
  },
  insecure_page: {
    message: "Browsers allow recording on secure pages alone.",
    hint: "Open this page with https:// in front of its address.",
  },
  in_app_browser: {
    message: "The browser inside this app can’t record.",
    hint: "Copy the link and open it in Safari or Chrome.",
  },
  recording_too_late: {
    message: "This recording can’t be sent any more: the interview is closed.",
    hint: "If you need more time, ask the recruiter to reopen it or to move the deadline.",
  },
  upload_refused: {
    message: "This recording could not be sent.",
    hint: "Try again. If it is refused again, record the answer again or tell the recruiter.",
  },
};

/** The sentence and the way out for one of them, or for a slug of errors.ts. */
export function recordingProblem(slug: string): Problem {
  const sentence = Object.hasOwn(SENTENCES, slug) ? SENTENCES[slug] : undefined;
  return sentence ? { slug, ...sentence } : problemOf({ code: "PT", details: slug });
}

/** What getUserMedia threw, for a recording of this kind. */
export function deviceProblem(error: unknown, kind: RecordedKind): string {
  const device = kind === "video" ? "camera" : "microphone";
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return `${device}_refused`;
    case "NotFoundError":
    case "OverconstrainedError":
      return `no_${device}`;
    case "NotReadableError":
    case "AbortError":
      return `${device}_in_use`;
    default:
      return "devices_failed";
  }
}

interface Environment {
  userAgent: string;
  secure: boolean;
  /** `navigator.mediaDevices.getUserMedia` and `MediaRecorder` are there. */
  canRecord: boolean;
}

// Browsers inside of apps, as they name themselves. Android's WebView says "; wv)". On iOS, a
// WebView is a Safari without the word.
const IN_APP =
  /\bFBA[NV]\b|Instagram|Line\/|LinkedInApp|GSA\/|MicroMessenger|Snapchat|TikTok|musical_ly|; wv\)/;
const IOS_WEBVIEW = /\((?:iPhone|iPad|iPod)[^)]*\)(?!.*Safari\/)/;

/** What keeps this browser from recording at all; null if nothing does. */
export function environmentProblem({ userAgent, secure, canRecord }: Environment): string | null {
  if (canRecord) return null;
  if (!secure) return "insecure_page";
  return IN_APP.test(userAgent) || IOS_WEBVIEW.test(userAgent)
    ? "in_app_browser"
    : "unsupported_browser";
}

// An answer of the greatest length, remuxed beside its slices, and some air.
const SPACE_BYTES = 150_000_000;

interface Space {
  /** Whether slices survive the page. */
  kept: boolean;
  quota: number | undefined;
  usage: number | undefined;
}

/** What to say before recording about where slices are kept; null if all is well. */
export function spaceProblem({ kept, quota, usage }: Space): string | null {
  if (!kept) return "not_kept";
  if (quota !== undefined && quota - (usage ?? 0) < SPACE_BYTES) return "no_space";
  return null;
}
