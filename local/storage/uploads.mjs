// Resumable uploads: @tus/server, with Supabase Storage's checks at each step.

import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { FileConfigstore, FileStore } from "@tus/file-store";
import { MemoryLocker, Server } from "@tus/server";
import { ERRORS, StorageError, UUID } from "./objects.mjs";
import { limitOf, mustBeAllowed, mustBeKey, parsed } from "./requests.mjs";

const LIFETIME_MS = 24 * 60 * 60 * 1000;
const OPERATIONS = { POST: "create", PATCH: "part", DELETE: "delete" };

/**
 * Uploads at `path`, which is answered by `tus`. Each request needs its caller as the property
 * `caller`, and as `turn` what `queue` returned when it came. The bytes arrive where they stay, under the version of the object to be; `folder` has
 * what is known of each upload until it expires, also of finished ones: a client that missed the
 * last answer asks for the offset.
 */
export class Uploads {
  constructor({ path, folder, objects }) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.objects = objects;
    this.locker = new MemoryLocker();
    this.last = new Map();
    this.known = new FileConfigstore(folder);
    this.store = new FileStore({
      directory: objects.folder,
      configstore: this.known,
      expirationPeriodInMilliseconds: LIFETIME_MS,
    });
    this.tus = new Server({
      path,
      datastore: this.store,
      respectForwardedHeaders: true,
      disableTerminationForFinishedUploads: true,
      locker: (request) => ({ newLock: (id) => this.lock(id, turnOf(request)) }),
      namingFunction: () => randomUUID(),
      getFileIdFromRequest: (_, id) => (UUID.test(id) ? id : undefined),
      maxSize: (request, id) => this.limit(request, id),
      onIncomingRequest: (request, id) => this.check(request, id),
      onUploadCreate: (_, upload) => this.create(upload),
      onUploadFinish: (request, upload) => this.finish(request, upload),
      onResponseError: (_, error) =>
        error instanceof StorageError
          ? { status_code: error.status, body: error.message }
          : undefined,
    });
  }

  /** Deletes what has expired, and what no upload and no row needs. */
  async clean() {
    const uploading = new Set();
    for (const file of await readdir(this.folder)) {
      const id = file.replace(/\.json$/, "");
      const upload = await this.known.get(id);
      if (Date.now() - Date.parse(upload?.creation_date) < LIFETIME_MS) uploading.add(id);
      else await rm(join(this.folder, file), { force: true });
    }
    await this.objects.clean((version) => uploading.has(version));
  }

  /**
   * The turn of a request for an upload: it gets the lock after those that came before. @tus/server
   * locks only after the checks, so a client whose line was cut would be told an offset that the
   * part before, still being checked, is about to change.
   */
  queue(id) {
    const before = this.last.get(id) ?? Promise.resolve();
    const { promise, resolve } = Promise.withResolvers();
    const all = before.then(() => promise);
    if (id) this.last.set(id, all);
    const over = () => {
      resolve();
      if (this.last.get(id) === all) this.last.delete(id);
    };
    return { before, taken: resolve, over };
  }

  lock(id, turn) {
    const lock = this.locker.newLock(id);
    return {
      lock: async (...signals) => {
        await turn.before;
        const locked = lock.lock(...signals);
        turn.taken();
        await locked;
      },
      unlock: () => lock.unlock(),
    };
  }

  /** What is uploaded where, from the headers of a new upload or as said when it began. */
  async asked(request, id) {
    const given = request.headers.get("upload-metadata");
    const metadata =
      request.method === "POST" ? metadataOf(given) : (await this.store.getUpload(id)).metadata;
    return {
      bucket: metadata?.bucketName ?? "",
      name: metadata?.objectName ?? "",
      userMetadata: parsed(metadata?.metadata),
      owner: callerOf(request).claims.sub,
      upsert: request.headers.get("x-upsert") === "true",
    };
  }

  async limit(request, id) {
    const { bucket } = await this.asked(request, id);
    return limitOf(await this.objects.bucket(bucket));
  }

  async check(request, id) {
    // Any account may ask how far an upload is.
    if (request.method === "HEAD") return;
    const object = await this.asked(request, id);
    mustBeKey(object.name);
    await this.objects.mayUpload(callerOf(request), operationOf(request), object);
  }

  async create({ metadata }) {
    const { cacheControl, contentType } = metadata;
    // Without a type, the bucket's list of types is not asked.
    if (contentType) mustBeAllowed(contentType, await this.objects.bucket(metadata.bucketName));
    const seconds = /^\d+$/.test(cacheControl ?? "");
    return {
      metadata: { ...metadata, cacheControl: seconds ? `max-age=${cacheControl}` : "no-cache" },
    };
  }

  async finish(request, { id, metadata }) {
    const object = await this.asked(request, id);
    const described = await this.objects.describe(id, {
      mimetype: metadata.contentType ?? "application/octet-stream",
      cacheControl: metadata.cacheControl,
    });
    const row = { ...object, version: id, metadata: described };
    await this.objects.complete(operationOf(request), row);
    return {};
  }
}

const callerOf = (request) => request.runtime.node.req.caller;
const turnOf = (request) => request.runtime.node.req.turn;

const operationOf = ({ method }) => `storage.tus.upload.${OPERATIONS[method]}`;

function metadataOf(header) {
  if (!header) throw ERRORS.invalidRequest("Metadata header is required");
  const pairs = header.split(",").map((pair) => pair.trim().split(" "));
  return Object.fromEntries(
    pairs.map(([key, value = ""]) => [key, Buffer.from(value, "base64").toString()]),
  );
}
