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
//   two requests that meet between its statements sign the person out;
// - inviting somebody by the service key, and the link of an invitation;
// - email templates with the address that was asked for, and one for reauthentication.

import { AsyncLocalStorage } from "node:async_hooks";
import { createHash, randomInt, randomUUID } from "node:crypto";
import { SmtpEmailDriver } from "@supabase/lite";

const MAIL_EVERY = "1 minute";

// Of the request that is being answered: its redirect_to, and the mail it sends instead of lite's.
const asked = new AsyncLocalStorage();

const LITE_HAS = ["confirmation", "recovery", "magic_link", "email_change"];

/** Sends Auth's emails by SMTP, from the templates of supabase/config.toml. */
export class Mailbox extends SmtpEmailDriver {
  constructor({ siteUrl, mails, otpLength, ...smtp }) {
    super(smtp);
    this.siteUrl = siteUrl;
    this.mails = mails;
    this.otpLength = otpLength;
  }

  /** For lite's settings: subjects that tell `send` what to fill in. */
  get values() {
    const values = "{{ .TokenHash }} {{ .Token }} {{ .Email }} {{ .NewEmail }}";
    return Object.fromEntries(LITE_HAS.map((name) => [name, { subject: `${name} ${values}` }]));
  }

  send({ to, subject, text }) {
    const [name, TokenHash, Token, Email, NewEmail] = subject.split(" ");
    if (LITE_HAS.includes(name)) {
      return this.mail(asked.getStore()?.mail ?? name, to, { TokenHash, Token, Email, NewEmail });
    }
    const [code] = text.match(/\d+$/);
    return this.mail("reauthentication", to, { Token: code, Email: to });
  }

  /** One of the mails, filled in. As from Auth, it has no plain text. */
  mail(name, to, values) {
    const { subject, html } = this.mails[name];
    const RedirectTo = this.mayLeadTo(asked.getStore()?.redirectTo) ?? this.siteUrl;
    return super.send({
      to,
      subject,
      html: filled(html, { SiteURL: this.siteUrl, RedirectTo, ...values }),
    });
  }

  /** The address, where it is one of the site; Auth takes no others. */
  mayLeadTo(address) {
    return URL.parse(address ?? "")?.origin === new URL(this.siteUrl).origin ? address : null;
  }
}

/** What Go's html/template makes of our templates: names stand in a query, or anywhere else. */
function filled(template, values) {
  const bare = template.replace(/<!--.*?-->\s*/gs, "");
  return bare.replace(/(=?)\{\{ \.(\w+) \}\}/g, (_, equals, name) => {
    if (values[name] === undefined) throw new Error(`this mail has no ${name}`);
    return equals + (equals ? encodeURIComponent(values[name]) : escaped(values[name]));
  });
}

const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Answers instead of `fetch` where lite differs. `sql` is a connection of postgres.js. */
export function likeSupabase(fetch, sql, mailbox, isSecret) {
  return async (request, context) => {
    const { pathname, searchParams } = new URL(request.url);
    if (request.method === "OPTIONS") return preflight(request);
    if (!pathname.startsWith("/auth/v1/")) return fetch(request, context);
    const invites = pathname === "/auth/v1/invite" && isSecret(request.headers.get("apikey"));
    const redirectTo = searchParams.get("redirect_to");
    return asked.run({ redirectTo, mail: invites ? "invite" : null }, async () => {
      if (invites) return readable(await fetch(await asSignUp(request), context));
      const own = request.method === "POST" && MAILING[pathname];
      const answer = own && (await own(await read(request), sql, mailbox));
      if (answer) return readable(json(answer));
      const renews = searchParams.get("grant_type") === "refresh_token";
      const redeems = request.method === "POST" && pathname === "/auth/v1/verify";
      const given = redeems ? await asConfirmation(request) : request;
      const ask = () => fetch(given, context);
      return readable(await (renews ? oneByOne(ask) : ask()));
    });
  };
}

/** An invitation as a sign-up with a password that nobody knows. */
async function asSignUp(request) {
  const { email, data } = await read(request);
  return withBody(request, "/auth/v1/signup", { email, data, password: `a1${randomUUID()}` });
}

/** The link of an invitation as that of a sign-up, whose token it has. */
async function asConfirmation(request) {
  const body = await read(request);
  if (body.type !== "invite") return request;
  return withBody(request, request.url, { ...body, type: "signup" });
}

function withBody({ url, method, headers }, path, body) {
  return new Request(new URL(path, url), { method, headers, body: JSON.stringify(body) });
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
  const { otpLength } = mailbox;
  const otp = String(randomInt(10 ** otpLength)).padStart(otpLength, "0");
  // In the form that lite recognises.
  const token = createHash("sha256").update(email + otp).digest("hex");
  const changed = await sql`
    update auth.users set confirmation_token = ${token}, confirmation_sent_at = now()
    where id = ${id} and confirmation_sent_at < now() - ${MAIL_EVERY}::interval`;
  if (!changed.count) return TOO_SOON;
  await mailbox.mail("confirmation", email, { TokenHash: token, Token: otp, Email: email });
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
