import type { Upload } from "tus-js-client";
import type { Kept } from "@/features/account/deviceRecordings";
import type { SupabaseSettings } from "@/lib/env";
import { problemOf } from "@/lib/errors";
import type { Supabase } from "@/lib/supabase/browser";
import { afterAsking, afterRefusal, pauseAfter } from "@/lib/uploads";

export interface Sending {
  kept: Kept;
  file: Blob;
  signal: AbortSignal;
  onProgress: (bytes: number) => void;
  onWaiting: () => void;
  onUrl: (url: string) => void;
}

interface SendingToStorage extends Sending {
  /** Whose it is: nobody else sends it. */
  accountId: string;
  supabase: Supabase;
  settings: SupabaseSettings;
}

// Supabase wants exactly this.
const CHUNK_BYTES = 6 * 1024 * 1024;

/** Sends a recording, however long that takes. Null once it has arrived; otherwise why it can't. */
export async function send(sending: SendingToStorage): Promise<string | null> {
  const { kept, supabase, signal, onWaiting } = sending;
  const url = { current: kept.uploadUrl };
  let failures = 0;
  let renewals = 0;
  let furthest = 0;
  for (;;) {
    const result = await attempt({
      ...sending,
      url,
      onProgress: (bytes) => {
        // What moves is no failure, however often the line breaks.
        if (bytes > furthest) [furthest, failures] = [bytes, 0];
        sending.onProgress(bytes);
      },
    });
    signal.throwIfAborted();
    if (result === "sent") return null;
    let what = afterRefusal(result.status, result.body);
    if (what === "too_large") return "recording_too_large";
    if (what === "stop") return "upload_refused";
    if (what === "ask") {
      const next = afterAsking(result.status, await statusOf(supabase, kept.id));
      if (next === "sent") return null;
      if (next === "not_awaited") return "response_not_awaited";
      what = next;
    }
    if (what === "renew") {
      renewals += 1;
      if (renewals > 3) return "not_signed_in";
      const { error } = await supabase.auth.refreshSession();
      if (error && problemOf(error).slug !== "network_down") return "not_signed_in";
      continue;
    }
    failures += 1;
    onWaiting();
    await pause(pauseAfter(failures), signal);
  }
}

interface Refused {
  status: number | null;
  body: string;
}

interface Attempt extends SendingToStorage {
  url: { current: string | null };
}

async function attempt(given: Attempt): Promise<"sent" | Refused> {
  const { kept, file, accountId, supabase, settings, signal, url, onProgress, onUrl } = given;
  const { Upload, DetailedError } = await tus();
  return new Promise((resolve, reject) => {
    const upload: Upload = new Upload(file, {
      endpoint: `${settings.storageUrl}/upload/resumable`,
      ...(url.current && { uploadUrl: url.current }),
      chunkSize: CHUNK_BYTES,
      // `send` decides when to go on; tus-js-client gives up for good while the browser is offline.
      retryDelays: null,
      storeFingerprintForResuming: false,
      metadata: {
        bucketName: kept.bucket,
        objectName: kept.path,
        contentType: kept.mimeType,
        metadata: JSON.stringify({ duration_seconds: Number(kept.seconds.toFixed(3)) }),
      },
      onBeforeRequest: async (request) => {
        // Renewed, if need be: an upload may outlast a token.
        const { data } = await supabase.auth.getSession();
        if (data.session?.user.id !== accountId) throw new Error("Somebody else is signed in");
        request.setHeader("Authorization", `Bearer ${data.session?.access_token}`);
        request.setHeader("apikey", settings.anonKey);
      },
      onUploadUrlAvailable: () => {
        if (!upload.url || upload.url === url.current) return;
        url.current = upload.url;
        onUrl(upload.url);
      },
      onProgress,
      onSuccess: () => resolve("sent"),
      onError: (error) => {
        const answer = error instanceof DetailedError ? error.originalResponse : null;
        resolve({ status: answer?.getStatus() ?? null, body: answer?.getBody() ?? "" });
      },
    });
    signal.addEventListener("abort", () => {
      void upload.abort();
      reject(signal.reason);
    });
    upload.start();
  });
}

/** 16 kB that no other page needs; where the line is gone, once it is back. */
const tus = () => import("tus-js-client");

async function statusOf(supabase: Supabase, id: string): Promise<string> {
  const { data, error } = await supabase
    .from("interview_responses")
    .select("status")
    .eq("id", id)
    .maybeSingle();
  if (error) return "unknown";
  return data?.status ?? "gone";
}

/** A while, or until the browser is online again. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      window.removeEventListener("online", end);
      signal.removeEventListener("abort", abort);
      resolve();
    };
    const abort = () => {
      end();
      reject(signal.reason);
    };
    const timer = setTimeout(end, milliseconds);
    window.addEventListener("online", end);
    signal.addEventListener("abort", abort);
  });
}
