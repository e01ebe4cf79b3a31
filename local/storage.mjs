// Supabase Storage on the schema of hosted.sql: the routes that supabase-js, supabase-py and
// tus-js-client call, with the answers of a hosted project. Resumable uploads are @tus/server's,
// as they are there. What it does in the database and on the disk is in storage/objects.mjs.
//
// Buckets are made by SQL. Image transformations, S3's protocol and signed resumable uploads
// are missing.

import { createHmac } from "node:crypto";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { jwtVerify, SignJWT } from "jose";
import { ERRORS, Objects, SERVICE, StorageError } from "./storage/objects.mjs";
import {
  attachment,
  decoded,
  endsOf,
  fileOf,
  jsonOf,
  limitOf,
  mustBe,
  mustBeAllowed,
  mustBeKey,
  mustBeNames,
  preflight,
  rangeOf,
  refuse,
  secondsOf,
  sendJson,
} from "./storage/requests.mjs";
import { Uploads } from "./storage/uploads.mjs";

export const PREFIX = "/storage/v1/";

const UPLOAD_LINK_SECONDS = 2 * 60 * 60;
const ROLES = ["anon", "authenticated", "service_role"];

/** A listener for requests below PREFIX. `folder` is for the bytes; it is made ready first. */
export async function storageServer({ databaseUrl, folder, jwtSecret, keys }) {
  const objects = new Objects({ databaseUrl, folder: join(folder, "objects") });
  const api = new Api(objects, jwtSecret, keys);
  const path = `${PREFIX}upload/resumable`;
  const uploads = new Uploads({ path, folder: join(folder, "uploads"), objects });
  await uploads.clean();
  return async (request, response) => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    try {
      await answer(request, response, api, uploads);
    } catch (error) {
      refuse(response, error);
    }
  };
}

async function answer(request, response, api, uploads) {
  if (request.method === "OPTIONS") return preflight(request, response);
  const [path, query = ""] = request.url.slice(PREFIX.length).split("?");
  const resumable = /^upload\/resumable(?:\/([^/]+))?$/.exec(path);
  if (resumable) {
    const turn = uploads.queue(resumable[1]);
    request.turn = turn;
    try {
      request.caller = await api.caller(request);
      return await uploads.tus.handle(request, response);
    } finally {
      turn.over();
    }
  }
  for (const [methods, pattern, operation, handler] of ROUTES) {
    const found = methods.split(" ").includes(request.method) && decoded(path).match(pattern);
    if (!found) continue;
    const call = { ...found.groups, request, response, operation };
    call.query = new URLSearchParams(query);
    const body = await api[handler](call);
    if (body !== undefined) sendJson(response, 200, body);
    return;
  }
  const message = `Route ${request.method}:/${path} not found`;
  sendJson(response, 404, { message, error: "Not Found", statusCode: 404 });
}

const OBJECT = "(?<bucket>[^/]+)/(?<name>.+)";

// Methods, path, what storage.operation() says, method of Api. The first that fits is taken.
const ROUTES = [
  ["GET", "bucket", "storage.bucket.list", "listBuckets"],
  ["GET", "bucket/(?<bucket>[^/]+)", "storage.bucket.get", "getBucket"],
  ["POST", "object/move", "storage.object.move", "move"],
  ["POST", "object/copy", "storage.object.copy", "copy"],
  ["POST", "object/list/(?<bucket>[^/]+)", "storage.object.list", "list"],
  ["POST", "object/sign/(?<bucket>[^/]+)", "storage.object.sign_many", "signMany"],
  ["POST", `object/upload/sign/${OBJECT}`, "storage.object.sign_upload_url", "signUpload"],
  ["PUT", `object/upload/sign/${OBJECT}`, "storage.object.upload_signed", "uploadSigned"],
  ["POST", `object/sign/${OBJECT}`, "storage.object.sign", "sign"],
  ["GET HEAD", `object/sign/${OBJECT}`, "storage.object.get_signed", "downloadSigned"],
  ["GET HEAD", `object/public/${OBJECT}`, "storage.object.get_public", "downloadPublic"],
  ["GET", `object/info/(authenticated/)?${OBJECT}`, "storage.object.info", "info"],
  ["GET HEAD", `object/authenticated/${OBJECT}`, "storage.object.get_authenticated", "download"],
  ["GET HEAD", `object/${OBJECT}`, "storage.object.get_authenticated", "download"],
  ["POST", `object/${OBJECT}`, "storage.object.upload", "upload"],
  ["PUT", `object/${OBJECT}`, "storage.object.upload_update", "upload"],
  ["DELETE", `object/${OBJECT}`, "storage.object.delete", "removeOne"],
  ["DELETE", "object/(?<bucket>[^/]+)", "storage.object.delete_many", "remove"],
].map(([methods, path, ...rest]) => [methods, new RegExp(`^${path}$`, "s"), ...rest]);

// Supabase's answers have no null where their schema says text, and supabase-py needs the text.
const shown = (bucket) => ({ ...bucket, owner: bucket.owner ?? "" });

class Api {
  constructor(objects, jwtSecret, keys) {
    this.objects = objects;
    this.keys = keys;
    this.secret = Buffer.from(jwtSecret);
    // Of their own, so that no person's token opens a link, and no link's token is a person's.
    this.linkSecret = createHmac("sha256", this.secret).update("links of storage").digest();
  }

  /** Who asks: `{role, claims}`. */
  async caller({ headers }) {
    const [, bearer] = /^Bearer (.*)$/i.exec(headers.authorization ?? "") ?? [];
    // The gateway of a hosted project turns new API keys, which are no tokens, into their roles.
    const key = [bearer, headers.apikey].find((one) => one !== undefined);
    if (key?.startsWith("sb_") && Object.hasOwn(this.keys, key)) {
      return { role: this.keys[key], claims: { role: this.keys[key] } };
    }
    if (bearer === undefined) {
      throw ERRORS.invalidRequest("headers must have required property 'authorization'");
    }
    const { payload } = await jwtVerify(bearer, this.secret, { algorithms: ["HS256"] }).catch(
      (error) => {
        throw ERRORS.denied(error.message);
      },
    );
    const { role = "anon" } = payload;
    if (!ROLES.includes(role)) throw ERRORS.denied(`permission denied to set role "${role}"`);
    return { role, claims: payload };
  }

  // ---- buckets -------------------------------------------------------------------------------

  async listBuckets({ request, operation }) {
    const caller = await this.caller(request);
    const buckets = await this.objects.as(
      caller,
      operation,
      (sql) => sql`select * from storage.buckets order by id`,
    );
    return buckets.map(shown);
  }

  async getBucket({ request, bucket }) {
    return shown(await this.objects.bucket(bucket, await this.caller(request)));
  }

  // ---- uploads -------------------------------------------------------------------------------

  async upload({ request, operation, bucket, name }) {
    const caller = await this.caller(request);
    // PUT is `update` of the clients, which replaces what is there.
    const upsert = request.method === "PUT" || request.headers["x-upsert"] === "true";
    const id = await this.receive(caller, operation, request, { bucket, name, upsert });
    return { Id: id, Key: `${bucket}/${name}` };
  }

  async uploadSigned({ request, operation, bucket, name, query }) {
    const { owner, upsert } = await this.opened(query, "upload", `${bucket}/${name}`);
    await this.receive(SERVICE, operation, request, { bucket, name, upsert, owner });
    return { Key: `${bucket}/${name}` };
  }

  async receive(caller, operation, request, object) {
    const { name } = object;
    const bucket = await this.objects.bucket(object.bucket);
    const limit = limitOf(bucket);
    const file = await fileOf(request, limit);
    mustBeAllowed(file.mimetype, bucket);
    if (file.size > limit) throw ERRORS.tooLarge();
    mustBeKey(name);
    const owned = { owner: caller.claims.sub, ...object, userMetadata: file.userMetadata };
    await this.objects.mayUpload(caller, operation, owned);
    const kept = await this.objects.keep(file.body, { ...file, limit });
    return this.objects.complete(operation, { ...owned, ...kept });
  }

  async signUpload({ request, operation, bucket, name }) {
    const caller = await this.caller(request);
    await this.objects.bucket(bucket);
    mustBeKey(name);
    const url = `${bucket}/${name}`;
    const upsert = request.headers["x-upsert"] === "true";
    const owner = caller.claims.sub;
    await this.objects.mayUpload(caller, operation, { bucket, name, upsert, owner });
    const token = await this.link({ url, scope: "upload", owner, upsert }, UPLOAD_LINK_SECONDS);
    return { url: `/object/upload/sign/${url}?token=${token}`, token };
  }

  // ---- downloads -----------------------------------------------------------------------------

  async download(call) {
    const { request, operation, bucket, name } = call;
    const found = await this.objects.bucket(bucket);
    if (!request.headers.authorization && !request.headers.apikey) {
      if (!found.public) throw ERRORS.noBucket();
      return this.downloadPublic(call);
    }
    const caller = await this.caller(request);
    const reader = found.public ? SERVICE : caller;
    return this.send(call, await this.objects.find(reader, operation, bucket, name));
  }

  async downloadPublic(call) {
    const { operation, bucket, name } = call;
    if (!(await this.objects.bucket(bucket)).public) throw ERRORS.noBucket();
    return this.send(call, await this.objects.find(SERVICE, operation, bucket, name));
  }

  async downloadSigned(call) {
    const { operation, bucket, name, query } = call;
    const { exp } = await this.opened(query, "download", `${bucket}/${name}`);
    const row = await this.objects.find(SERVICE, operation, bucket, name);
    return this.send(call, row, { Expires: new Date(exp * 1000).toUTCString() });
  }

  async send({ request, response, query }, { version, metadata }, caching) {
    const file = await this.objects.open(version);
    try {
      const { size } = await file.stat();
      const range = rangeOf(request.headers.range, size);
      const { start, end } = range ?? { start: 0, end: size - 1 };
      response.statusCode = range ? 206 : 200;
      if (request.headers["if-none-match"] === metadata.eTag) response.statusCode = 304;
      response.setHeaders(
        new Map(
          Object.entries({
            "Accept-Ranges": "bytes",
            "Content-Type": metadata.mimetype.replace(/^text\/html.*/, "text/plain"),
            "Content-Length": end - start + 1,
            ETag: metadata.eTag,
            "Last-Modified": new Date(metadata.lastModified).toUTCString(),
            ...(caching ?? { "Cache-Control": metadata.cacheControl }),
            ...(range && { "Content-Range": `bytes ${start}-${end}/${size}` }),
            ...attachment(query.get("download")),
          }),
        ),
      );
      if (response.statusCode === 304) response.removeHeader("Content-Length");
      if (request.method === "HEAD" || response.statusCode === 304 || size === 0) {
        response.end();
      } else {
        // A player that has seen enough closes the line.
        const bytes = file.createReadStream({ start, end, autoClose: false });
        await pipeline(bytes, response).catch(() => {});
      }
    } finally {
      await file.close();
    }
  }

  async info({ request, operation, bucket, name }) {
    const row = await this.objects.find(await this.caller(request), operation, bucket, name);
    return {
      id: row.id,
      name: row.name,
      version: row.version,
      bucket_id: row.bucket_id,
      size: row.metadata?.size ?? null,
      content_type: row.metadata?.mimetype ?? null,
      cache_control: row.metadata?.cacheControl ?? null,
      etag: row.metadata?.eTag ?? null,
      metadata: row.user_metadata,
      last_modified: row.updated_at,
      created_at: row.created_at,
    };
  }

  // ---- links ---------------------------------------------------------------------------------

  async sign({ request, operation, bucket, name }) {
    const caller = await this.caller(request);
    const { expiresIn } = await jsonOf(request);
    const seconds = secondsOf(expiresIn);
    await this.objects.find(caller, operation, bucket, name);
    return { signedURL: await this.signed(`${bucket}/${name}`, seconds) };
  }

  async signMany({ request, operation, bucket }) {
    const caller = await this.caller(request);
    const { expiresIn, paths } = await jsonOf(request);
    const seconds = secondsOf(expiresIn);
    mustBeNames(paths, "paths");
    const rows = await this.objects.as(
      caller,
      operation,
      (sql) =>
        sql`select name from storage.objects where bucket_id = ${bucket} and name = any(${paths})`,
    );
    const readable = new Set(rows.map(({ name }) => name));
    const error = "Either the object does not exist or you do not have access to it";
    const sign = async (path) =>
      readable.has(path)
        ? { error: null, path, signedURL: await this.signed(`${bucket}/${path}`, seconds) }
        : { error, path, signedURL: null };
    return Promise.all(paths.map(sign));
  }

  async signed(url, seconds) {
    return `/object/sign/${url}?token=${await this.link({ url, scope: "download" }, seconds)}`;
  }

  link(claims, seconds) {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256" })
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
      .sign(this.linkSecret);
  }

  /** The claims of a link's token, which must be for this object and purpose. */
  async opened(query, scope, url) {
    const token = query.get("token");
    if (!token) throw ERRORS.invalidRequest("querystring must have required property 'token'");
    const { payload } = await jwtVerify(token, this.linkSecret).catch((error) => {
      throw ERRORS.invalidToken(error.message);
    });
    if (payload.scope !== scope || payload.url !== url) {
      throw new StorageError(400, "InvalidSignature", "Invalid signature");
    }
    return payload;
  }

  // ---- lists, moves, removals ----------------------------------------------------------------

  async list({ request, operation, bucket }) {
    const caller = await this.caller(request);
    const asked = { prefix: "", search: "", limit: 100, offset: 0, ...(await jsonOf(request)) };
    mustBe("string", asked, "prefix", "search");
    mustBe("integer", asked, "limit", "offset");
    const { prefix, search, limit, offset, sortBy } = asked;
    const folder = prefix && !prefix.endsWith("/") ? `${prefix}/` : prefix;
    const columns = ["name", "updated_at", "created_at", "last_accessed_at"];
    const column = columns.find((one) => one === sortBy?.column) ?? "name";
    return this.objects.as(caller, operation, (sql) => {
      const order = sortBy?.order === "desc" ? sql`desc` : sql`asc`;
      return sql`
        with found as (
          select *, substr(name, length(${folder}) + 1) as rest
          from storage.objects
          where bucket_id = ${bucket} and starts_with(lower(name), lower(${folder + search}))
        ), folders as (
          select distinct split_part(rest, '/', 1) as name from found where rest like '%/%'
        )
        select name, null::uuid as id, null::timestamptz as updated_at,
          null::timestamptz as created_at, null::timestamptz as last_accessed_at,
          null::jsonb as metadata
        from folders
        union all
        select rest, id, updated_at, created_at, last_accessed_at, metadata
        from found where rest not like '%/%'
        order by ${sql(column)} ${order} nulls first
        limit ${limit} offset ${offset}`;
    });
  }

  async move({ request, operation }) {
    const caller = await this.caller(request);
    const { from, to } = await endsOf(request);
    const moved = await this.objects.move(caller, operation, from, to);
    return { message: "Successfully moved", Id: moved.id, Key: moved.name };
  }

  async copy({ request, operation }) {
    const caller = await this.caller(request);
    const { from, to } = await endsOf(request);
    const upsert = request.headers["x-upsert"] === "true";
    const id = await this.objects.copy(caller, operation, from, { ...to, upsert });
    return { Id: id, Key: `${to.bucket}/${to.name}` };
  }

  async remove({ request, operation, bucket }) {
    const caller = await this.caller(request);
    const { prefixes } = await jsonOf(request);
    mustBeNames(prefixes, "prefixes");
    return this.objects.remove(caller, operation, bucket, prefixes);
  }

  async removeOne({ request, operation, bucket, name }) {
    const caller = await this.caller(request);
    await this.objects.find(SERVICE, operation, bucket, name);
    const removed = await this.objects.remove(caller, operation, bucket, [name]);
    if (!removed.length) throw ERRORS.denied("Access denied");
    return { message: "Successfully deleted" };
  }
}
