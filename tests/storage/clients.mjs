// What test_clients.py runs by Node, with the frontend's packages: reads a JSON object from the
// command line, and prints the result as another.

import { createHash } from "node:crypto";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../frontend/package.json", import.meta.url));
const { createClient } = require("@supabase/supabase-js");
const tus = require("tus-js-client");

const { client, ...given } = JSON.parse(process.argv[2]);
console.log(JSON.stringify(await { supabaseJs, tusJsClient }[client](given)));

/** Each call once; keeps what it returned, or the error's status and message. */
async function supabaseJs({ url, key, token, bucket, folder }) {
  const supabase = createClient(url, key, { accessToken: async () => token });
  const files = supabase.storage.from(bucket);
  const said = {};
  const keep = async (name, call) => {
    const { data, error } = await call;
    said[name] = error ? { status: error.statusCode, message: error.message } : data;
    return data;
  };
  const fetched = async (address, range) => {
    const answer = await fetch(address, range ? { headers: { Range: range } } : {});
    return [answer.status, await answer.text()];
  };
  const blob = new Blob(["a recording"], { type: "video/webm;codecs=vp8,opus" });
  const bytes = new TextEncoder().encode("some bytes");
  await keep("blob", files.upload(`${folder}/blob.webm`, blob, { contentType: "video/webm" }));
  await keep("again", files.upload(`${folder}/blob.webm`, blob));
  await keep("upsert", files.upload(`${folder}/blob.webm`, blob, { upsert: true }));
  await keep("update", files.update(`${folder}/blob.webm`, blob));
  await keep("refused", files.upload(`${folder}/x.html`, bytes, { contentType: "text/html" }));
  const metadata = { duration_seconds: 1.5 };
  const options = { contentType: "video/webm", cacheControl: "60", metadata };
  await keep("bytes", files.upload(`${folder}/bytes.webm`, bytes, options));
  await keep("info", files.info(`${folder}/bytes.webm`));
  await keep("exists", files.exists(`${folder}/bytes.webm`));
  said.download = await (await files.download(`${folder}/blob.webm`)).data.text();
  const link = await keep("link", files.createSignedUrl(`${folder}/blob.webm`, 60));
  said.opened = await fetched(link.signedUrl);
  said.part = await fetched(link.signedUrl, "bytes=2-4");
  const paths = [`${folder}/blob.webm`, `${folder}/missing.webm`];
  await keep("links", files.createSignedUrls(paths, 60));
  said.publicly = await fetched(files.getPublicUrl(paths[0]).data.publicUrl);
  const upload = await keep("uploadLink", files.createSignedUploadUrl(`${folder}/signed.webm`));
  const { path } = upload;
  const contentType = "video/webm";
  await keep("signed", files.uploadToSignedUrl(path, upload.token, blob, { contentType }));
  await keep("list", files.list(folder));
  await keep("copy", files.copy(`${folder}/blob.webm`, `${folder}/copied.webm`));
  await keep("move", files.move(`${folder}/blob.webm`, `${folder}/moved.webm`));
  await keep("removed", files.remove([`${folder}/moved.webm`, `${folder}/missing.webm`]));
  await keep("bucket", supabase.storage.getBucket(bucket));
  await keep("buckets", supabase.storage.listBuckets());
  return said;
}

/** A resumable upload of `length` bytes through a line that is cut; what was asked for it. */
function tusJsClient({ url, key, token, place, length }) {
  const content = Buffer.alloc(length);
  for (let at = 0; at < length; at += 4) content.writeUInt32LE((at * 2654435761) % 2 ** 32, at);
  const [bucketName, ...rest] = place.split("/");
  const requests = [];
  return new Promise((resolve, reject) => {
    new tus.Upload(content, {
      endpoint: `${url}/storage/v1/upload/resumable`,
      // The only size that hosted projects take.
      chunkSize: 6 * 1024 * 1024,
      retryDelays: [0, 50, 100, 200, 400, 800],
      headers: { apikey: key },
      metadata: { bucketName, objectName: rest.join("/"), contentType: "video/webm" },
      // Asked at each request, so that a renewed token is taken.
      onBeforeRequest: (request) => request.setHeader("Authorization", `Bearer ${token}`),
      onAfterResponse: (request) => void requests.push(request.getMethod()),
      onError: reject,
      onSuccess: () =>
        resolve({ requests, sha256: createHash("sha256").update(content).digest("hex") }),
    }).start();
  });
}
