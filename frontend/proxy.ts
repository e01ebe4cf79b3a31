import { createServerClient } from "@supabase/ssr";
import { isAuthRetryableFetchError } from "@supabase/supabase-js";
import { type NextRequest, NextResponse } from "next/server";
import { type SupabaseSettings, supabaseSettings } from "@/lib/env";
import { DASHBOARD, withParams } from "@/lib/navigation";
import { claimsOf } from "@/lib/session";

// Pages that make no sense without an account.
const PRIVATE = /^\/(recruiters|reviews|candidates\/.+|account|password)(\/|$)/;

/**
 * Before every page: refreshes the session, as @supabase/ssr wants it, sends those who are not
 * signed in to /login, and sets the Content-Security-Policy. What a person may see is decided by
 * the database alone; the redirect is a courtesy.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const settings = supabaseSettings();
  const nonce = Buffer.from(crypto.randomUUID()).toString("base64");
  const policy = contentSecurityPolicy(nonce, settings);

  const next = (): NextResponse => {
    const headers = new Headers(request.headers);
    // Next.js reads the nonce from here and gives it to its scripts.
    headers.set("Content-Security-Policy", policy);
    return NextResponse.next({ request: { headers } });
  };
  let response = next();
  const { protocol } = request.nextUrl;
  // Of several proxies, the first is the one that the browser talks to.
  const [scheme] = (request.headers.get("X-Forwarded-Proto") ?? protocol).split(/[\s:,]/);
  const supabase = createServerClient(settings.url, settings.anonKey, {
    cookieOptions: { secure: scheme === "https" },
    cookies: {
      getAll: () => request.cookies.getAll(),
      setAll: (changed, cacheHeaders) => {
        for (const { name, value } of changed) request.cookies.set(name, value);
        response = next();
        for (const { name, value, options } of changed) response.cookies.set(name, value, options);
        for (const [name, value] of Object.entries(cacheHeaders)) response.headers.set(name, value);
      },
    },
  });
  const { data, error } = await claimsOf(supabase.auth);

  // An outage of Auth is no reason to send anybody away.
  const signedOut = !data && !isAuthRetryableFetchError(error);
  if (signedOut && PRIVATE.test(request.nextUrl.pathname)) {
    const redirect = NextResponse.redirect(new URL(loginFor(request), request.url));
    for (const cookie of response.cookies.getAll()) redirect.cookies.set(cookie);
    response = redirect;
  }
  response.headers.set("Content-Security-Policy", policy);
  // A year, without subdomains, which may be somebody else's.
  if (scheme === "https") response.headers.set("Strict-Transport-Security", "max-age=31536000");
  return response;
}

/** The sign-in page that leads back to what was asked for. */
function loginFor({ nextUrl }: NextRequest): string {
  if (nextUrl.pathname === DASHBOARD) {
    return withParams("/login", { code: nextUrl.searchParams.get("code") });
  }
  return withParams("/login", { next: nextUrl.pathname + nextUrl.search });
}

function contentSecurityPolicy(nonce: string, { url, storageUrl }: SupabaseSettings): string {
  // Storage may have a host of its own.
  const supabase = [...new Set([url, storageUrl].map((one) => new URL(one).origin))].join(" ");
  const development = process.env.NODE_ENV === "development";
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${development ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "img-src 'self' data:",
    `connect-src 'self' ${supabase}`,
    // What was recorded here, and recordings by signed links.
    `media-src 'self' blob: ${supabase}`,
    "worker-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join("; ");
}

export const config = {
  // All but files, and the icon that browsers ask for although there is none.
  matcher: ["/((?!_next/static/|icon\\.svg$|favicon\\.ico$).*)"],
};
