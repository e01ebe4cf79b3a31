"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";
import useSWR, { type SWRResponse, useSWRConfig } from "swr";
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
      revalidateOnFocus: true,
      revalidateOnReconnect: true,
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

/** For what stays as it is shown until somebody asks for more. */
export const STILL = { revalidateOnFocus: false, revalidateOnReconnect: false };

/** What waits to be shown. */
export interface Awaited {
  /** How many rows are new. */
  added: number;
  /** How many rows that are shown are not there any more, or how much else is out of date. */
  gone: number;
  /** Shows what there is by now. */
  show: () => void;
}

/** An answer to the read of a list, and what of it waits to be shown. */
export type FreshRows<Data> = SWRResponse<Data, unknown> & Awaited;

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
  const answer = useRead(read, STILL);
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

/** Something that a page shows and others change. */
export interface Followed<Data = unknown> {
  read: Read<Data>;
  /** What of it moves other things when it changes; all of it where this is left out. */
  moving?(data: Data): unknown;
  /** The ids of what is counted as new. */
  ids?(data: Data): string[];
}
type Outdated = Followed & { shown: unknown; now: unknown };

/**
 * For a page that is more than a list, and that reads with STILL: once others have changed
 * something, all that is followed is read in the background. What moves nothing is drawn at once,
 * the rest when somebody asks for it.
 */
export function useFreshPage(interviewId: string, followed: Followed[]): Awaited {
  const { supabase } = useSession();
  const { cache, mutate, compare } = useSWRConfig();
  const [outdated, setOutdated] = useState<Outdated[]>([]);
  const shownOf = ({ read }: Followed): unknown => cache.get(keyOf(read))?.data;
  const moves = ({ moving, shown, now }: Outdated) =>
    !moving || !compare(moving(shown), moving(now));
  const draw = ({ read, now }: Outdated) => void mutate(read.key, now, { revalidate: false });

  useFresh(interviewId, async () => {
    const shown = followed.map(shownOf);
    try {
      const now = await Promise.all(followed.map(({ read }) => read.from(supabase)));
      const changed = followed
        .map((one, at) => ({ ...one, shown: shown[at], now: now[at] }))
        // Not what the account has changed itself meanwhile, nor what was never read.
        .filter((one) => one.shown !== undefined && shownOf(one) === one.shown)
        .filter((one) => !compare(one.shown, one.now));
      changed.filter((one) => !moves(one)).forEach(draw);
      setOutdated(changed.filter(moves));
    } catch {
      // What is shown stays as it is, and the next change is another chance.
    }
  });

  const keys = followed.map(({ read }) => keyOf(read));
  const waiting = outdated.filter(
    (one) => keys.includes(keyOf(one.read)) && shownOf(one) === one.shown,
  );
  const counts = waiting.map(({ ids, shown, now }) =>
    ids ? awaitedOf(ids(shown), ids(now)).added : 0,
  );
  return {
    added: counts.reduce((sum, added) => sum + added, 0),
    gone: counts.filter((added) => added === 0).length,
    show: () => {
      setOutdated([]);
      waiting.forEach(draw);
    },
  };
}
