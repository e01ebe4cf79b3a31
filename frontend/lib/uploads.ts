/** What to do after Storage or the line has refused a piece of a recording. */
export type AfterRefusal =
  /** The line is gone or Storage is busy: go on later, where it stopped. */
  | "wait"
  /** The token is over: get another one, then go on. */
  | "renew"
  /** Nobody waits for it any more, or it has arrived already: ask the database. */
  | "ask"
  /** Too large. */
  | "too_large"
  /** Another try would be refused again. */
  | "stop";

/** By Storage's status and body; null where there was no answer at all. */
export function afterRefusal(status: number | null, body: string): AfterRefusal {
  if (status === null || status === 0 || status === 423 || status === 429 || status >= 500) {
    return "wait";
  }
  if (status === 413) return "too_large";
  if (status === 401 || (status === 400 && /jwt|token|exp/i.test(body))) return "renew";
  // 409: somebody was faster, perhaps we ourselves, whose answer got lost.
  if (status === 403 || status === 409 || /response_not_awaited/.test(body)) return "ask";
  return "stop";
}

/**
 * After "ask": `refusal` is Storage's status, `standing` that of the response in the database
 * ("unknown" where it could not be read).
 */
export function afterAsking(
  refusal: number | null,
  standing: string,
): "sent" | "wait" | "not_awaited" {
  if (standing === "uploaded") return "sent";
  // 409: the rest of a piece whose line was cut came after Storage had said how far it was.
  const behind = refusal === 409 && standing === "started";
  return behind || standing === "unknown" ? "wait" : "not_awaited";
}

const PAUSES_MS = [1000, 2000, 5000, 10_000, 20_000, 30_000];

/** How long to wait before the next try, after so many in a row that brought nothing forward. */
export const pauseAfter = (failures: number): number =>
  PAUSES_MS[Math.min(failures, PAUSES_MS.length) - 1] ?? 0;
