// Auth and the Data API on our PostgreSQL: @supabase/lite, embedded rather than by its CLI,
// because only then can it send its emails to a mailbox without TLS, accept the legacy keys that
// PostgREST accepts too, and leave the database's grants unchanged. See lite.sql for its role.
// Storage, on the same origin as on a hosted project, is our own (storage.mjs).
//
// Settings come as JSON in $LITE_SETTINGS: databaseUrl, port, url, siteUrl, jwtSecret, smtpPort,
// auth (that section of config.toml), mails (subject and html by their names there), keys (an object
// from each API key to "anon" or "service_role"), storageDatabaseUrl, storageFolder.

import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { App } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";
import { likeSupabase, Mailbox } from "./hosted.mjs";
import { PREFIX, storageServer } from "./storage.mjs";

const host = "127.0.0.1";
const settings = JSON.parse(process.env.LITE_SETTINGS);

const connection = createPostgresConnection({
  url: settings.databaseUrl,
  postgresOptions: { max: 20, onnotice: () => {} },
});

// lite passes objects and arrays as JSON text, which its driver would encode again: a
// jsonb argument or column would get a string.
const { parsers, serializers } = connection.driver.options;
for (const oid of [114, 3802]) {
  const encode = serializers[oid];
  const isEncoded = (value) => typeof value === "string" && /^\s*[[{]/.test(value);
  serializers[oid] = (value) => (isEncoded(value) ? value : encode(value));
}

// As PostgREST writes them: a numeric as a number, a timestamptz in ISO 8601.
parsers[1700] = Number;
parsers[1184] = (time) => time.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00");

// On its first request lite would GRANT ALL on every table to anon, authenticated and
// service_role, which its role may not (see lite.sql): "active" tells it that this was done.
connection.rlsState = "active";

const roleOf = (key) => (Object.hasOwn(settings.keys, key) ? settings.keys[key] : undefined);

const mailbox = new Mailbox({
  host,
  port: settings.smtpPort,
  from: { name: "HireVision", address: "auth@hirevision.example" },
  siteUrl: settings.siteUrl,
  mails: settings.mails,
  otpLength: settings.auth.email.otp_length,
});

const app = new App({
  connection,
  api: { schemas: ["public"], max_rows: 1000 },
  // The Supabase CLI's business.
  db: { migrations: { enabled: false } },
  auth: {
    enabled: true,
    jwt_secret: settings.jwtSecret,
    site_url: settings.siteUrl,
    minimum_password_length: settings.auth.minimum_password_length,
    password_requirements: settings.auth.password_requirements,
    // As every project must be set: accept_invite trusts only confirmed addresses.
    email: {
      enable_signup: true,
      enable_confirmations: true,
      otp_length: settings.auth.email.otp_length,
      otp_expiry: settings.auth.email.otp_expiry,
      template: mailbox.values,
    },
  },
  options: {
    drivers: {
      email: mailbox,
    },
    server: {
      admin: false,
      disableStudio: true,
      apiKeys: {
        resolver: async (key) => {
          const role = roleOf(key);
          if (!role) return null;
          return { type: role === "anon" ? "publishable" : "secret", claims: { role } };
        },
      },
    },
  },
});

await app.ensureSystemSchema();

// As PostgREST does: after each DDL statement (see hosted.sql) the cached schema is dropped.
await connection.driver.listen("pgrst", () => connection.clearSchemaCache());

const answer = likeSupabase(
  (request, context) => app.fetch(request, context),
  connection.driver,
  mailbox,
  (key) => roleOf(key) === "service_role",
);

const rest = getRequestListener((request, { incoming }) =>
  answer(request, { peerAddress: incoming.socket.remoteAddress ?? null }),
);
const storage = await storageServer({
  ...settings,
  databaseUrl: settings.storageDatabaseUrl,
  folder: settings.storageFolder,
});

createServer((request, response) =>
  (request.url.startsWith(PREFIX) ? storage : rest)(request, response),
).listen(settings.port, host, () => console.log(`listening on ${settings.url}`));

for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
