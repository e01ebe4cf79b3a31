/** Where browsers tell the server their time zone, and the language in which they write dates. */
export const TIME_ZONE_COOKIE = "time-zone";
export const LOCALE_COOKIE = "locale";

/** How dates are written for a reader. */
export interface Reader {
  /** A language tag. */
  locale: string;
  timeZone: string;
}

/** Of this machine: the reader's own, where it runs in a browser. */
export function localReader(): Reader {
  const { locale, timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return { locale: new Intl.Locale(locale).baseName, timeZone };
}

/** The zone that a cookie names; UTC when it names none. */
export function knownTimeZone(name: string | undefined): string {
  try {
    // Throws where it is none.
    return new Intl.DateTimeFormat("en-GB", { timeZone: name }) && name ? name : "UTC";
  } catch {
    return "UTC";
  }
}

/** The first language of a list, like that of Accept-Language, in which dates can be written. */
export function knownLocale(list: string | null | undefined): string {
  for (const wanted of (list ?? "").split(",", 10)) {
    const locale = supportedLocale(wanted.split(";")[0]?.trim() ?? "");
    if (locale) return locale;
  }
  return "en-GB";
}

function supportedLocale(tag: string): string | null {
  try {
    if (Intl.DateTimeFormat.supportedLocalesOf(tag).length === 0) return null;
    // Without what anyone could append: there are only so many locales to keep formats of.
    const { locale } = new Intl.DateTimeFormat(tag).resolvedOptions();
    return new Intl.Locale(locale).baseName;
  } catch {
    return null;
  }
}

/** "31 January 2030", "31. Januar 2030" */
export const day = (time: string, { locale, timeZone }: Reader): string =>
  format(locale, { dateStyle: "long", timeZone }, new Date(time));

/** "31 Jan 2030", "31.01.2030": of a day without a time, like 2030-01-31. */
export const shortDay = (date: string, { locale }: Reader): string =>
  format(locale, { dateStyle: "medium", timeZone: "UTC" }, new Date(date));

/** "31 January 2030 at 17:00", "31. Januar 2030 um 17:00" */
export const moment = (time: string, { locale, timeZone }: Reader): string =>
  format(locale, { dateStyle: "long", timeStyle: "short", timeZone }, new Date(time));

/** "17:00" */
export const clock = (time: string, { locale, timeZone }: Reader): string =>
  format(locale, { timeStyle: "short", timeZone }, new Date(time));

/** "17:00", so many minutes from now. */
export const clockIn = (minutes: number, { locale } = localReader()): string =>
  format(locale, { timeStyle: "short" }, new Date(Date.now() + minutes * 60_000));

// Making one takes longer than using it a hundred times. The server writes for many readers.
const formats = new Map<string, Intl.DateTimeFormat>();
const MOST_FORMATS = 200;

function format(locale: string, options: Intl.DateTimeFormatOptions, date: Date): string {
  const key = JSON.stringify([locale, options]);
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  if (formats.size >= MOST_FORMATS) formats.clear();
  formats.set(key, known);
  return known.format(date);
}

// In English, as the sentences are in which they stand: "1.000" would read as one there.
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

const UNITS = [
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
] as const;

/** "3.5 days", "26 hours", "12 minutes": never less than two of the unit, but of the smallest. */
export function lasted(seconds: number): string {
  const [length, unit] = UNITS.find(([length]) => seconds >= 2 * length) ?? [60, "minute"];
  const number = Math.round((seconds / length) * 10) / 10;
  return `${NUMBER.format(number)} ${number === 1 ? unit : `${unit}s`}`;
}
