/** The periods to choose from, by what stands in the address. */
export const PERIODS = [
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "12 months"],
  ["all", "All time"],
  ["custom", "Other dates"],
] as const;

export interface Period {
  choice: (typeof PERIODS)[number][0];
  /** Days like 2030-01-31, both included; null for all before or after. */
  since: string | null;
  until: string | null;
}

/** The day that it is in a time zone. */
export function todayIn(timeZone: string, now = new Date()): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    calendar: "gregory",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(now);
  const part = (type: string) => parts.find((one) => one.type === type)?.value;
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** The period that an address names; the last 90 days where it names none. */
export function periodIn(
  param: (name: string) => string | null | undefined,
  today: string,
): Period {
  const [choice] = PERIODS.find(([value]) => value === param("period")) ?? ["90"];
  if (choice === "all") return { choice, since: null, until: null };
  if (choice === "custom") {
    return { choice, since: dayIn(param("from")), until: dayIn(param("to")) };
  }
  return { choice, since: daysBefore(today, Number(choice) - 1), until: today };
}

function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10);
}

/** Of an address, where anything may stand: PostgreSQL refuses 30 February. */
function dayIn(text: string | null | undefined): string | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(text ?? "") || !text || text < "0001") return null;
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) ? text : null;
}
