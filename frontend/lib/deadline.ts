import { localReader } from "./format.ts";

const twoDigits = (number: number): string => String(number).padStart(2, "0");

/** A moment as `<input type="datetime-local">` wants it: the reader's own clock, to the minute. */
export function toLocalInput(time: string | null): string {
  if (!time) return "";
  const date = new Date(time);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(twoDigits).join("-");
  return `${day}T${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
}

/** The moment that was chosen; null when nothing, or nothing that is a date, was. */
export function fromLocalInput(value: string): string | null {
  const time = new Date(value).getTime();
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/** "Europe/Berlin, GMT+1": a time zone, as it is at that moment. */
export function nameOfZone(time: string | null, timeZone = localReader().timeZone): string {
  if (timeZone === "UTC") return timeZone;
  const offset = new Intl.DateTimeFormat("en-GB", { timeZone, timeZoneName: "shortOffset" })
    .formatToParts(time ? new Date(time) : new Date())
    .find(({ type }) => type === "timeZoneName")?.value;
  return [timeZone, offset].filter(Boolean).join(", ");
}

/** What is wrong with a deadline that was chosen; empty when nothing is. */
export function deadlineFault(value: string): string {
  if (!value) return "";
  const time = fromLocalInput(value);
  if (!time || new Date(time).getFullYear() > 9998)
    return "The deadline must lie between the years 2000 and 9998.";
  return new Date(time) <= new Date()
    ? "That’s in the past. Choose a later time, or leave it empty."
    : "";
}
