"use client";

import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import {
  clock,
  day,
  LOCALE_COOKIE,
  localReader,
  moment,
  type Reader,
  TIME_ZONE_COOKIE,
} from "@/lib/format";

const ReaderContext = createContext<Reader>({ locale: "en-GB", timeZone: "UTC" });

/** How the reader writes dates. */
export const useReader = (): Reader => useContext(ReaderContext);

/** The reader's time zone. */
export const useTimeZone = (): string => useReader().timeZone;

interface ReaderProviderProps {
  /** What the server knows, from the cookies of an earlier page and from the request. */
  known: Reader;
  children: ReactNode;
}

/** Lets the server write dates as the browser would: the first page tells it how, by cookies. */
export function ReaderProvider({ known, children }: ReaderProviderProps) {
  const [reader, setReader] = useState(known);
  const { locale, timeZone } = known;
  useEffect(() => {
    const own = localReader();
    if (own.locale !== locale) remember(LOCALE_COOKIE, own.locale);
    if (own.timeZone !== timeZone) remember(TIME_ZONE_COOKIE, own.timeZone);
    if (own.locale !== locale || own.timeZone !== timeZone) setReader(own);
  }, [locale, timeZone]);
  return <ReaderContext value={reader}>{children}</ReaderContext>;
}

function remember(cookie: string, value: string) {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
  document.cookie = `${cookie}=${value}; path=/; max-age=31536000; samesite=lax`;
}

/** "31 January 2030" */
export const Day = ({ at }: { at: string }) => <Written at={at} as={day} />;

/** "31 January 2030 at 17:00" */
export const Moment = ({ at }: { at: string }) => <Written at={at} as={moment} />;

/** "17:00" */
export const Clock = ({ at }: { at: string }) => <Written at={at} as={clock} />;

interface WrittenProps {
  at: string;
  as: (time: string, reader: Reader) => string;
}

/** A date in the reader's language, amid sentences in English. */
function Written({ at, as }: WrittenProps) {
  const reader = useReader();
  return (
    // The server's dictionary of dates may be another than the browser's: a blank here or there.
    <time dateTime={at} lang={reader.locale} dir="auto" suppressHydrationWarning>
      {as(at, reader)}
    </time>
  );
}
