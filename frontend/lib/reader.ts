import { cookies, headers } from "next/headers";
import { knownLocale, knownTimeZone, LOCALE_COOKIE, type Reader, TIME_ZONE_COOKIE } from "./format";

/** Who the page is for, as far as the server knows: see ReaderProvider. */
export async function currentReader(): Promise<Reader> {
  const [store, asked] = await Promise.all([cookies(), headers()]);
  return {
    locale: knownLocale(store.get(LOCALE_COOKIE)?.value ?? asked.get("Accept-Language")),
    timeZone: knownTimeZone(store.get(TIME_ZONE_COOKIE)?.value),
  };
}
