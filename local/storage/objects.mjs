// The rows of schema storage and the bytes that belong to them.
//
// Supabase Storage's own statements: an upload is first tried as the caller and rolled back, so
// that policies and triggers have their say before any byte is taken, and written by service_role
// when the bytes are there. Each row's version names its file, a UUID drawn here: no name of a
// client ever becomes a path.

import { createHash, randomUUID } from "node:crypto";
import { constants, createReadStream, createWriteStream, mkdirSync } from "node:fs";
import { link, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import postgres from "postgres";

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const SERVICE = { role: "service_role", claims: { role: "service_role" } };

// How many objects one statement removes.
const BATCH = 500;

/** A refusal. `status` is in its body; its HTTP status is 400 unless the server is at fault. */
export class StorageError extends Error {
  constructor(status, code, message, error = code) {
    super(message);
    this.status = status;
    this.httpStatus = status < 500 ? 400 : status;
    this.body = { statusCode: String(status), code, error, message };
  }
}

export const ERRORS = {
  denied: (message) => new StorageError(403, "AccessDenied", message, "Unauthorized"),
  exists: () =>
    new StorageError(409, "KeyAlreadyExists", "The resource already exists", "Duplicate"),
  invalidKey: (name) => new StorageError(400, "InvalidKey", `Invalid key: ${name}`),
  invalidRequest: (message) => new StorageError(400, "InvalidRequest", message),
  invalidToken: (message) => new StorageError(400, "InvalidJWT", message),
  noBucket: () => new StorageError(404, "NoSuchBucket", "Bucket not found", "Bucket not found"),
  noObject: () => new StorageError(404, "NoSuchKey", "Object not found", "not_found"),
  tooLarge: () =>
    new StorageError(
      413,
      "EntityTooLarge",
      "The object exceeded the maximum allowed size",
      "Payload too large",
    ),
  wrongType: (type) =>
    new StorageError(
      415,
      "InvalidMimeType",
      `mime type ${type} is not supported`,
      "invalid_mime_type",
    ),
};

/** What a client may know of an error of the database: the text of those with 42501 alone. */
function fromDatabase(error) {
  if (!(error instanceof postgres.PostgresError)) return error;
  switch (error.code) {
    case "42501":
      return ERRORS.denied(
        error.message.includes("row-level security")
          ? "new row violates row-level security policy"
          : error.message,
      );
    case "23505":
      return ERRORS.exists();
    case "23503":
      return new StorageError(404, "InvalidRequest", "The related resource does not exist");
    case "55P03":
      return new StorageError(423, "ResourceLocked", "The resource is locked");
    case "57014":
      return new StorageError(544, "DatabaseTimeout", "The connection to the database timed out");
    default:
      console.error(error);
      return new StorageError(500, "DatabaseError", `database error, code: ${error.code}`);
  }
}

// Ends a transaction whose statements may pass.
const PASSED = Symbol("passed");

/** Objects in PostgreSQL and in `folder`. A caller is `{role, claims}`, as a token says. */
export class Objects {
  constructor({ databaseUrl, folder }) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.sql = postgres(databaseUrl, {
      max: 10,
      onnotice: () => {},
      connection: { statement_timeout: 30_000 },
      // file_size_limit as a number.
      types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
    });
  }

  // ---- rows ----------------------------------------------------------------------------------

  /** Runs `work` in a transaction as `caller`, under row level security. */
  async as({ role, claims }, operation, work) {
    try {
      return await this.sql.begin(async (sql) => {
        await sql`
          select set_config('role', ${role}, true),
            set_config('request.jwt.claim.role', ${role}, true),
            set_config('request.jwt.claim.sub', ${claims.sub ?? ""}, true),
            set_config('request.jwt.claims', ${JSON.stringify(claims)}, true),
            set_config('storage.operation', ${operation}, true),
            set_config('storage.allow_delete_query', 'true', true)`;
        return work(sql);
      });
    } catch (error) {
      throw fromDatabase(error);
    }
  }

  /** Whether statements pass as `caller`; nothing that they do remains. */
  async try(caller, operation, work) {
    try {
      await this.as(caller, operation, async (sql) => {
        await work(sql);
        throw PASSED;
      });
    } catch (error) {
      if (error !== PASSED) throw error;
    }
  }

  async bucket(id, caller = SERVICE) {
    const [bucket] = await this.as(
      caller,
      "storage.bucket.get",
      (sql) => sql`select * from storage.buckets where id = ${id}`,
    );
    if (!bucket) throw ERRORS.noBucket();
    return bucket;
  }

  /** The row of an object that `caller` may read. */
  async find(caller, operation, bucket, name) {
    const [row] = await this.as(caller, operation, (sql) => this.select(sql, bucket, name));
    if (!row) throw ERRORS.noObject();
    return row;
  }

  select(sql, bucket, name) {
    return sql`select * from storage.objects where bucket_id = ${bucket} and name = ${name}`;
  }

  /** Whether `caller` may upload; refuses otherwise. */
  mayUpload(caller, operation, { upsert, ...object }) {
    return this.try(caller, operation, (sql) =>
      (upsert ? this.upsert : this.insert)(sql, { ...object, version: "1" }),
    );
  }

  insert(sql, object) {
    return sql`insert into storage.objects ${sql(columns(sql, object))}`;
  }

  upsert(sql, object) {
    return sql`
      insert into storage.objects ${sql(columns(sql, object))}
      on conflict (bucket_id, name) do update
        set version = excluded.version, metadata = excluded.metadata,
          user_metadata = excluded.user_metadata, owner = excluded.owner,
          owner_id = excluded.owner_id
      returning *`;
  }

  /** Writes the row of bytes that have arrived; if that is refused, no bytes remain. */
  async complete(operation, { upsert, ...object }) {
    try {
      const { id, before } = await this.as(SERVICE, operation, async (sql) => {
        const key = `${object.bucket}/${object.name}`;
        await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`;
        const [current] = await this.select(sql, object.bucket, object.name);
        if (current && !upsert && current.version !== object.version) throw ERRORS.exists();
        const [{ id }] = await this.upsert(sql, object);
        return { id, before: current?.version };
      });
      if (before !== object.version) await this.discard(before);
      return id;
    } catch (error) {
      await this.discard(object.version);
      throw error;
    }
  }

  /** Removes those that `caller` may remove, and returns their rows. */
  async remove(caller, operation, bucket, names) {
    const removed = [];
    for (let start = 0; start < names.length; start += BATCH) {
      const some = names.slice(start, start + BATCH);
      const rows = await this.as(
        caller,
        operation,
        (sql) =>
          sql`delete from storage.objects where bucket_id = ${bucket} and name = any(${some})
          returning *`,
      );
      await this.discard(...rows.map(({ version }) => version));
      removed.push(...rows);
    }
    return removed;
  }

  async move(caller, operation, from, to) {
    const version = randomUUID();
    const rename = (sql, changed) => sql`
      update storage.objects set ${sql(changed)}
      where bucket_id = ${from.bucket} and name = ${from.name}
      returning *`;
    const renamed = { bucket_id: to.bucket, name: to.name, version };
    await this.try(caller, operation, async (sql) => {
      const [found] = await this.select(sql, from.bucket, from.name);
      const [changed] = found ? await rename(sql, { ...renamed, ...ownerOf(caller) }) : [];
      if (!changed) throw ERRORS.noObject();
    });
    const source = await this.find(SERVICE, operation, from.bucket, from.name);
    await link(this.path(source.version), this.path(version));
    try {
      const [moved] = await this.as(SERVICE, operation, (sql) =>
        rename(sql, { ...renamed, ...ownerOf(caller) }),
      );
      if (!moved) throw ERRORS.noObject();
      await this.discard(source.version);
      return moved;
    } catch (error) {
      await this.discard(version);
      throw error;
    }
  }

  async copy(caller, operation, from, to) {
    const source = await this.find(caller, operation, from.bucket, from.name);
    const { metadata, user_metadata: userMetadata } = source;
    const copied = { ...to, metadata, userMetadata, owner: caller.claims.sub };
    await this.mayUpload(caller, operation, copied);
    const version = randomUUID();
    await link(this.path(source.version), this.path(version));
    return this.complete(operation, { ...copied, version });
  }

  // ---- bytes ---------------------------------------------------------------------------------

  path(version) {
    // The column can be changed by SQL.
    if (!UUID.test(version)) throw ERRORS.noObject();
    return join(this.folder, version);
  }

  /** Keeps a stream of at most `limit` bytes; returns the version and metadata of its object. */
  async keep(stream, { limit, mimetype, cacheControl }) {
    const version = randomUUID();
    let size = 0;
    async function* counted(chunks) {
      for await (const chunk of chunks) {
        size += chunk.length;
        // The rest is read all the same: a client that is still sending gets no answer.
        if (size <= limit) yield chunk;
      }
      if (size > limit) throw ERRORS.tooLarge();
    }
    try {
      const file = createWriteStream(this.path(version), { flags: "wx", mode: 0o600 });
      await pipeline(stream, counted, file);
      return { version, metadata: await this.describe(version, { mimetype, cacheControl }) };
    } catch (error) {
      await rm(this.path(version), { force: true });
      throw error;
    }
  }

  /** The metadata that Storage gives an object whose bytes are complete. */
  async describe(version, { mimetype, cacheControl }) {
    const md5 = createHash("md5");
    let size = 0;
    for await (const chunk of createReadStream(this.path(version))) {
      md5.update(chunk);
      size += chunk.length;
    }
    return {
      eTag: `"${md5.digest("hex")}"`,
      size,
      mimetype,
      cacheControl,
      lastModified: new Date().toISOString(),
      contentLength: size,
      httpStatusCode: 200,
    };
  }

  /** Opens an object's bytes. */
  async open(version) {
    try {
      return await open(this.path(version), constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch (error) {
      throw error.code === "ENOENT" ? ERRORS.noObject() : error;
    }
  }

  /** Deletes the bytes of those versions that no row has. */
  async discard(...versions) {
    const ours = versions.filter((version) => UUID.test(version));
    if (!ours.length) return;
    const rows = await this.as(
      SERVICE,
      "storage.object.get",
      (sql) => sql`select version from storage.objects where version = any(${ours})`,
    );
    const needed = new Set(rows.map(({ version }) => version));
    const unneeded = ours.filter((version) => !needed.has(version));
    await Promise.all(unneeded.map((version) => rm(this.path(version), { force: true })));
  }

  /** Deletes what a crash has left: bytes of no row and no upload under way. */
  async clean(isUploading) {
    const versions = await readdir(this.folder);
    await this.discard(...versions.filter((version) => !isUploading(version)));
  }
}

function columns(sql, { bucket, name, version, metadata, userMetadata, owner }) {
  return {
    bucket_id: bucket,
    name,
    version,
    metadata: metadata ? sql.json(metadata) : null,
    user_metadata: userMetadata ? sql.json(userMetadata) : null,
    ...ownerOf({ claims: { sub: owner } }),
  };
}

const ownerOf = ({ claims: { sub = null } }) => ({
  owner: UUID.test(sub) ? sub : null,
  owner_id: sub,
});
