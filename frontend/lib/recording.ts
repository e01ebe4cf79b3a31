/** How somebody answers a question. */
export type Kind = "video" | "audio" | "text";
export type RecordedKind = Exclude<Kind, "text">;

// Best first. VP8 costs old machines the least, and every browser plays it; Safari writes MP4.
const TYPES: Record<RecordedKind, string[]> = {
  video: [
    "video/webm;codecs=vp8,opus",
    "video/webm;codecs=vp9,opus",
    "video/webm",
    "video/mp4;codecs=avc1.42E01E,mp4a.40.2",
    "video/mp4",
  ],
  audio: [
    "audio/webm;codecs=opus",
    "audio/webm",
    "audio/mp4;codecs=mp4a.40.2",
    "audio/mp4",
    "audio/ogg;codecs=opus",
  ],
};

/** The type, with its codecs, that this browser can record; null if it can record none. */
export const recordingType = (
  kind: RecordedKind,
  isSupported: (type: string) => boolean,
): string | null => TYPES[kind].find(isSupported) ?? null;

/** "video/webm", the only form that Storage takes. */
export const bareType = (type: string): string => (type.split(";")[0] ?? "").trim().toLowerCase();

/** Whether such a recording has a picture. */
export const kindOfType = (type: string): RecordedKind =>
  type.startsWith("video/") ? "video" : "audio";

const SOUND_BITS = 48_000;
const SOUND_ALONE_BITS = 32_000;

/** What to ask of MediaRecorder so that the longest answer fits, at `total` bits a second. */
export function bitrates(kind: RecordedKind, total: number) {
  if (kind === "audio") return { audioBitsPerSecond: Math.min(SOUND_ALONE_BITS, total) };
  return { audioBitsPerSecond: SOUND_BITS, videoBitsPerSecond: total - SOUND_BITS };
}

/**
 * Whether a recording must end now to be sent, by the sizes of its slices: there must be room for
 * the slice that is under way, and as much for the index and what a busy machine is late with.
 */
export function isFull(sliceBytes: number[], maxBytes: number): boolean {
  const total = sliceBytes.reduce((sum, bytes) => sum + bytes, 0);
  return total + 2 * Math.max(0, ...sliceBytes) >= maxBytes;
}

/** "1:05" */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** "45 seconds", "3 minutes", "1 minute 30 seconds" */
export function length(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  const parts = [
    minutes > 0 && `${minutes} ${minutes === 1 ? "minute" : "minutes"}`,
    (rest > 0 || minutes === 0) && `${rest} ${rest === 1 ? "second" : "seconds"}`,
  ];
  return parts.filter(Boolean).join(" ");
}

/** "4.9 MB" */
export const megabytes = (bytes: number): string =>
  `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`;
