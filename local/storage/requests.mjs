// What requests to Storage carry, and how refusals are worded.

import { ERRORS, StorageError } from "./objects.mjs";

// Of every bucket, as on the free plan.
const MAX_BYTES = 50 * 1024 * 1024;
const MAX_JSON_BYTES = 1024 * 1024;
// What a form may have beside its file.
const MAX_FORM_BYTES = 1024 * 1024;

const KEY = /^(\w|[/!.*'() &$=@;:+,?-])+$/;
const DOTS = /(^|\/)\.{1,2}(\/|$)/;

/** How many bytes an object of this bucket may have. */
export const limitOf = (bucket) => Math.min(Number(bucket.file_size_limit ?? MAX_BYTES), MAX_BYTES);

/** The file of an upload: as the body, or as the first file of a form. */
export async function fileOf(request, limit) {
  const { headers } = request;
  const type = headers["content-type"] ?? "application/octet-stream";
  if (!type.startsWith("multipart/form-data")) {
    return {
      body: request,
      size: Number(headers["content-length"] ?? 0),
      mimetype: type,
      cacheControl: headers["cache-control"] ?? "no-cache",
      userMetadata: parsed(Buffer.from(headers["x-metadata"] ?? "", "base64").toString()),
    };
  }
  const bytes = await collected(request, limit + MAX_FORM_BYTES, ERRORS.tooLarge());
  const form = await new Response(bytes, { headers: { "Content-Type": type } })
    .formData()
    .catch(() => new FormData());
  const file = [...form.values()].find((value) => value instanceof File);
  if (!file) throw ERRORS.invalidRequest("No content provided");
  const seconds = form.get("cacheControl");
  return {
    body: file.stream(),
    size: file.size,
    // Without its parameters, unlike that of a body.
    mimetype: form.get("contentType") ?? file.type.split(";")[0].trim(),
    cacheControl: seconds ? `max-age=${seconds}` : "no-cache",
    userMetadata: parsed(form.get("metadata") ?? form.get("userMetadata")),
  };
}

/** A JSON object that a client may have left out or spoilt. */
export function parsed(text) {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

export async function jsonOf(request) {
  const bytes = await collected(request, MAX_JSON_BYTES, ERRORS.tooLarge());
  const body = parsed(bytes.toString());
  if (typeof body !== "object") throw ERRORS.invalidRequest("body must be object");
  return body;
}

async function collected(request, limit, error) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  if (size > limit) throw error;
  return Buffer.concat(chunks);
}

/** Where a move or a copy starts and ends. */
export async function endsOf(request) {
  const { bucketId, sourceKey, destinationBucket, destinationKey } = await jsonOf(request);
  for (const text of [bucketId, sourceKey, destinationKey, destinationBucket ?? bucketId]) {
    if (typeof text !== "string") throw ERRORS.invalidRequest("body must have two keys");
  }
  mustBeKey(destinationKey);
  return {
    from: { bucket: bucketId, name: sourceKey },
    to: { bucket: destinationBucket ?? bucketId, name: destinationKey },
  };
}

/** The bytes that a Range header asks for, or null for all of them. */
export function rangeOf(header, size) {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (!first && !last) return null;
  const start = first ? Number(first) : Math.max(size - Number(last), 0);
  const end = first && last ? Math.min(Number(last), size - 1) : size - 1;
  if (start > end) {
    throw new StorageError(416, "InvalidRange", "The requested range is not satisfiable");
  }
  return { start, end };
}

export function attachment(name) {
  if (name === null) return {};
  const encoded = encodeURIComponent(name);
  const named = name && ` filename=${encoded}; filename*=UTF-8''${encoded};`;
  return { "Content-Disposition": `attachment;${named}` };
}

export function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    throw ERRORS.invalidKey(path);
  }
}

// ---- checks ----------------------------------------------------------------------------------

export function mustBeKey(name) {
  if (!KEY.test(name) || DOTS.test(name)) throw ERRORS.invalidKey(name);
}

export function mustBeAllowed(type, { allowed_mime_types: allowed }) {
  const fits = (one) => one === type || (one.endsWith("/*") && type.startsWith(one.slice(0, -1)));
  if (allowed?.length && !allowed.some(fits)) throw ERRORS.wrongType(type);
}

/** A number of seconds; supabase-py sends it as text. */
export function secondsOf(value) {
  const seconds = Number(value);
  if (!Number.isInteger(seconds) || seconds < 1) {
    throw ERRORS.invalidRequest("body/expiresIn must be integer >= 1");
  }
  return seconds;
}

export function mustBeNames(value, field) {
  const fits =
    Array.isArray(value) && value.length && value.every((one) => typeof one === "string");
  if (!fits) throw ERRORS.invalidRequest(`body/${field} must be a list of names`);
}

export function mustBe(type, body, ...fields) {
  const fits = type === "integer" ? Number.isInteger : (value) => typeof value === type;
  for (const field of fields) {
    if (!fits(body[field])) throw ERRORS.invalidRequest(`body/${field} must be ${type}`);
  }
}

// ---- answers ---------------------------------------------------------------------------------

export function sendJson(response, status, body) {
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(body));
}

export function refuse(response, error) {
  if (error.code === "ECONNRESET" || error.code === "ERR_STREAM_PREMATURE_CLOSE") return;
  let refusal = error;
  if (!(error instanceof StorageError)) {
    console.error(error);
    refusal = new StorageError(500, "InternalError", "Internal Server Error", "Internal");
  }
  if (response.headersSent) response.destroy();
  else sendJson(response, refusal.httpStatus, refusal.body);
}

export function preflight(request, response) {
  const wanted = request.headers["access-control-request-headers"];
  response.setHeader("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE");
  if (wanted) response.setHeader("Access-Control-Allow-Headers", wanted);
  response.setHeader("Access-Control-Max-Age", "600");
  response.writeHead(204).end();
}
