const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "long" });
const MOMENT = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });

/** "31 January 2030" */
export const day = (time: string): string => DAY.format(new Date(time));

/** "31 January 2030 at 17:00", in the reader's own time zone. */
export const moment = (time: string): string => MOMENT.format(new Date(time));

/** "17:00", so many minutes from now. */
export const clockIn = (minutes: number): string =>
  CLOCK.format(new Date(Date.now() + minutes * 60_000));

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
