"use client";

import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { day, localTimeZone, moment, TIME_ZONE_COOKIE } from "@/lib/format";

const TimeZoneContext = createContext("UTC");

/** The reader's time zone. */
export const useTimeZone = (): string => useContext(TimeZoneContext);

interface TimeZoneProviderProps {
  /** What the server knows, from the cookie of an earlier page. */
  known: string;
  children: ReactNode;
}

/** Lets the server write times as the browser would: the first page tells it the zone by a cookie. */
export function TimeZoneProvider({ known, children }: TimeZoneProviderProps) {
  const [zone, setZone] = useState(known);
  useEffect(() => {
    const own = localTimeZone();
    if (own === known) return;
    setZone(own);
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
    document.cookie = `${TIME_ZONE_COOKIE}=${own}; path=/; max-age=31536000; samesite=lax`;
  }, [known]);
  return <TimeZoneContext value={zone}>{children}</TimeZoneContext>;
}

/** "31 January 2030" */
export function Day({ at }: { at: string }) {
  return <time dateTime={at}>{day(at, useTimeZone())}</time>;
}

/** "31 January 2030 at 17:00" */
export function Moment({ at }: { at: string }) {
  return <time dateTime={at}>{moment(at, useTimeZone())}</time>;
}
