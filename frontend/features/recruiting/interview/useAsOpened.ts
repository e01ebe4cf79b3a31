import { useState } from "react";

/** The row of this id as it was when it was opened: it stays, whatever becomes of it. */
export function useAsOpened<Row extends { id: string }>(
  id: string | null,
  rows: Row[],
): Row | null {
  const [opened, setOpened] = useState<Row | null>(null);
  const wanted = opened?.id === id ? opened : (rows.find((one) => one.id === id) ?? null);
  if (wanted !== opened) setOpened(wanted);
  return wanted;
}
