/** Where browsers tell the server their time zone. */
export const TIME_ZONE_COOKIE = "time-zone";

/** The time zone of this machine: the reader's, where it runs in a browser. */
export const localTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The zone that a cookie names; UTC when it names none. */
export function knownTimeZone(name: string | undefined): string {
  try {
    // Throws where it is none.
    return new Intl.DateTimeFormat("en-GB", { timeZone: name }) && name ? name : "UTC";
  } catch {
    return "UTC";
  }
}

/** "31 January 2030" */
export const day = (time: string, timeZone = localTimeZone()): string =>
  format({ dateStyle: "long", timeZone }, new Date(time));

/** "31 January 2030 at 17:00" */
export const moment = (time: string, timeZone = localTimeZone()): string =>
  format({ dateStyle: "long", timeStyle: "short", timeZone }, new Date(time));

/** "17:00", so many minutes from now. */
export const clockIn = (minutes: number): string =>
  format({ timeStyle: "short" }, new Date(Date.now() + minutes * 60_000));

// Making one takes longer than using it a hundred times.
const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions, date: Date): string {
  const key = JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat("en-GB", options);
  formats.set(key, known);
  return known.format(date);
}

const NUMBER = new Intl.NumberFormat("en-GB");
const PERCENT = new Intl.NumberFormat("en-GB", { style: "percent", maximumFractionDigits: 0 });

/** "1,234" */
export const count = (number: number | null): string => NUMBER.format(number ?? 0);

/** "63%", or a dash for the rate of nobody. */
export const percent = (fraction: number | null): string =>
  fraction === null ? "–" : PERCENT.format(fraction);

/** "1 question", "3 questions" */
export const plural = (number: number, one: string, many: string = `${one}s`): string =>
  `${count(number)} ${number === 1 ? one : many}`;
