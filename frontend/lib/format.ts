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
