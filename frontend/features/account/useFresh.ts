"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";
import useSWR, { type SWRResponse } from "swr";
import { jsonOf } from "@/lib/errors";
import {
  awaitedOf,
  type Change,
  hasChanged,
  inPlace,
  type Listed,
  lookAfter,
  type RowOf,
} from "@/lib/fresh";
import { keyOf, type Read } from "@/lib/read";
import { useSession } from "./Providers";
import { useRead } from "./ServerAnswers";

/**
 * Calls `changed` after somebody has changed something: of one interview, or, with null, of any that
 * the account owns. All of one page ask together, while it can be seen, and ever more seldom while
 * nothing happens.
 */
export function useFresh(interviewId: string | null, changed: () => void) {
  const { supabase } = useSession();
  const [openedAt] = useState(() => Date.now());
  const known = useRef<Change | null>(null);
  const { data } = useSWR(
    ["latest-change", interviewId],
    () =>
      jsonOf<Change>(
        supabase.rpc("latest_change", interviewId === null ? {} : { interview_id: interviewId }),
      ),
    {
      revalidateOnMount: false,
      refreshInterval: lookAfter,
      // Those who look at the same time share an answer, also one that is a few seconds old.
      dedupingInterval: 5000,
      shouldRetryOnError: true,
      errorRetryInterval: 30_000,
    },
  );
  const tell = useEffectEvent(changed);
  useEffect(() => {
    if (!data) return;
    const before = known.current;
    known.current = data;
    if (hasChanged(data, before, (Date.now() - openedAt) / 1000)) tell();
  }, [data, openedAt]);
}

/** An answer to the read of a list, and what of it waits to be shown. */
export type FreshRows<Data> = SWRResponse<Data, unknown> & {
  /** How many rows are new on this page. */
  added: number;
  /** How many of the rows that are shown are not on it any more. */
  gone: number;
  /** Shows the page as it is by now. */
  show: () => void;
};

/**
 * useRead for a list that others change, too: rows that are shown are kept up to date where they
 * stand, and no row comes or goes before somebody asks for it.
 */
export function useFreshRows<Data extends Listed>(
  interviewId: string | null,
  read: Read<Data>,
  idOf: (row: RowOf<Data>) => string,
): FreshRows<Data> {
  const { supabase } = useSession();
  const answer = useRead(read, { revalidateOnFocus: false, revalidateOnReconnect: false });
  const { data, mutate } = answer;
  const key = keyOf(read);
  const [latest, setLatest] = useState<{ key: string; ids: string[] } | null>(null);
  const current = useRef({ key, data });
  useEffect(() => {
    current.current = { key, data };
  }, [key, data]);

  useFresh(interviewId, async () => {
    const shown = current.current;
    if (!shown.data) return;
    try {
      const now = await read.from(supabase);
      // The account has done something itself meanwhile, or has gone to another page of the list.
      if (current.current.key !== shown.key || current.current.data !== shown.data) return;
      const nothingShown = shown.data.rows.length === 0;
      await mutate(nothingShown ? now : inPlace(shown.data, now, idOf), { revalidate: false });
      setLatest({ key: shown.key, ids: now.rows.map(idOf) });
    } catch {
      // What is shown stays as it is, and the next change is another chance.
    }
  });

  const isAwaited = latest?.key === key && data !== undefined;
  const awaited = isAwaited ? awaitedOf(data.rows.map(idOf), latest.ids) : { added: 0, gone: 0 };
  const show = () => {
    setLatest(null);
    void mutate();
  };
  return { ...answer, ...awaited, show };
}
