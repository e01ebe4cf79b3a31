import type { Period } from "@/lib/period";

/** "funnel 2030-01-01 to 2030-01-31" */
export const fileName = (of: string, { since, until }: Period): string =>
  [of, since ?? "from the beginning", until && `to ${until}`].filter(Boolean).join(" ");
