// What a hosted project does for browsers and @supabase/lite does not:
//
// - CORS for Auth and functions, without which pages of another origin cannot call them.
//
// And of Auth:
//
// - redirect_to (emailRedirectTo of signUp and resend), for which lite uses the site's address;
// - signing up again: an unconfirmed account gets its email again; a confirmed one gets the same
//   answer as a new one, except for its empty `identities`;
// - resend, which lite always refuses;
// - at most one email of each kind per address and minute;
// - renewing a session several times at once: Auth locks the session's row; lite does not, and
//   two requests that meet between its statements sign the person out.
//
// Its emails for a confirmation and for a new password have only a link, like those of a new Supabase
// project: lite adds a code of six digits, which people here would take for an interview code.

import { AsyncLocalStorage } from "node:async_hooks";
import { createHash, randomInt, randomUUID } from "node:crypto";
import { SmtpEmailDriver } from "@supabase/lite";

const MAIL_EVERY = "1 minute";

// By lite's subjects: the kind of link, and the sentence before it.
const LINK_ALONE = {
  "Confirm Your Signup": ["Confirm your email address", "to confirm your account"],
  "Reset Your Password": ["Reset your password", "to choose a new password for your account"],
};

// The redirect_to of the request that is being answered.
const asked = new AsyncLocalStorage();

/** Sends Auth's emails by SMTP, with links that lead to Auth and back to the site that asked. */
export class Mailbox extends SmtpEmailDriver {
  constructor({ url, siteUrl, ...smtp }) {
    super(smtp);
    this.urls = { url, siteUrl };
  }

  send({ text, html, ...message }) {
    const [made] = text.match(/https?:\/\/\S+\/auth\/v1\/verify\S+/) ?? [];
    if (!made) return super.send({ ...message, text, html });
    const link = this.link(new URL(made).searchParams);
    const words = LINK_ALONE[message.subject];
    if (!words) {
      const [old, own] = [made, link].map((one) => one.replaceAll("&", "&amp;"));
      const changed = html?.replaceAll(old, own).replaceAll(made, link);
      return super.send({ ...message, text: text.replaceAll(made, link), html: changed });
    }
    return super.send({ ...message, ...withLink(link, ...words) });
  }

  /** The link of an email; `redirect_to` is checked when it is opened. */
  link(params) {
    const link = new URL("/auth/v1/verify", this.urls.url);
    link.search = params;
    link.searchParams.set("redirect_to", asked.getStore() || this.urls.siteUrl);
    return link.href;
  }
}

function withLink(link, offer, purpose) {
  const href = link.replaceAll("&", "&amp;");
  return {
    text: `${offer}\n\nFollow this link ${purpose}:\n\n${link}\n`,
    html:
      `<h2>${offer}</h2><p>Follow this link ${purpose}:</p>` +
      `<p><a href="${href}">${offer}</a></p>`,
  };
}

/** Answers instead of `fetch` where lite differs. `sql` is a connection of postgres.js. */
export function likeSupabase(fetch, sql, mailbox) {
  return async (request, context) => {
    const { pathname, searchParams } = new URL(request.url);
    if (request.method === "OPTIONS") return preflight(request);
    if (!pathname.startsWith("/auth/v1/")) return fetch(request, context);
    return asked.run(searchParams.get("redirect_to"), async () => {
      const own = request.method === "POST" && MAILING[pathname];
      const answer = own && (await own(await read(request), sql, mailbox));
      if (answer) return readable(json(answer));
      const renews = searchParams.get("grant_type") === "refresh_token";
      const ask = () => fetch(request, context);
      return readable(await (renews ? oneByOne(ask) : ask()));
    });
  };
}

let last = Promise.resolve();

/** What `ask` returns, once all earlier calls are answered. */
function oneByOne(ask) {
  const answer = last.then(ask);
  last = answer.catch(() => {});
  return answer;
}

const MAILING = {
  "/auth/v1/signup": async ({ email, password }, sql, mailbox) => {
    const account = password && (await find(sql, email));
    if (!account) return null;
    if (account.email_confirmed_at) return { status: 200, body: unknown(email) };
    return (await mailAgain(account, sql, mailbox)) ?? { status: 200, body: unknown(email, account) };
  },
  "/auth/v1/resend": async ({ type, email }, sql, mailbox) => {
    const account = type === "signup" && (await find(sql, email));
    if (!account) return null;
    if (account.email_confirmed_at) return { status: 200, body: {} };
    return (await mailAgain(account, sql, mailbox)) ?? { status: 200, body: {} };
  },
  "/auth/v1/recover": async ({ email }, sql) => {
    const account = await find(sql, email);
    return account?.recovered_just_now ? TOO_SOON : null;
  },
};

const TOO_SOON = {
  status: 429,
  body: {
    code: 429,
    error_code: "over_email_send_rate_limit",
    msg: "For security purposes, you can only request this once every 60 seconds",
  },
};

async function find(sql, email) {
  const [account] = await sql`
    select id, email, email_confirmed_at,
      recovery_sent_at > now() - ${MAIL_EVERY}::interval as recovered_just_now
    from auth.users
    where email = ${String(email ?? "").trim().toLowerCase()}`;
  return account;
}

/** Sends a new link, or returns the refusal. */
async function mailAgain({ id, email }, sql, mailbox) {
  const otp = String(randomInt(10_000_000_000)).padStart(10, "0");
  // In the form that lite recognises.
  const token = createHash("sha256").update(email + otp).digest("hex");
  const changed = await sql`
    update auth.users set confirmation_token = ${token}, confirmation_sent_at = now()
    where id = ${id} and confirmation_sent_at < now() - ${MAIL_EVERY}::interval`;
  if (!changed.count) return TOO_SOON;
  const link = mailbox.link(new URLSearchParams({ token, type: "signup" }));
  await mailbox.send({ to: email, subject: "Confirm Your Signup", text: link });
  return null;
}

/** Auth's answer about an account that it must not reveal. */
function unknown(email, account) {
  const now = new Date().toISOString();
  return {
    id: account?.id ?? randomUUID(),
    aud: "authenticated",
    role: "",
    email,
    phone: "",
    confirmation_sent_at: now,
    app_metadata: { provider: "email", providers: ["email"] },
    user_metadata: {},
    identities: account ? [{ provider: "email", user_id: account.id }] : [],
    created_at: now,
    updated_at: now,
    is_anonymous: false,
  };
}

const read = (request) =>
  request
    .clone()
    .json()
    .then((body) => body ?? {})
    .catch(() => ({}));

function json({ status, body }) {
  const headers = body.error_code ? { "X-Sb-Error-Code": body.error_code } : {};
  return Response.json(body, { status, headers });
}

/** An answer that pages of any origin may read, as on a hosted project. */
function readable(answer) {
  const headers = new Headers(answer.headers);
  headers.set("Access-Control-Allow-Origin", "*");
  return new Response(answer.body, { status: answer.status, headers });
}

function preflight(request) {
  const wanted = request.headers.get("Access-Control-Request-Headers");
  return new Response(null, {
    status: 204,
    headers: {
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
      ...(wanted && { "Access-Control-Allow-Headers": wanted }),
      "Access-Control-Max-Age": "600",
    },
  });
}
