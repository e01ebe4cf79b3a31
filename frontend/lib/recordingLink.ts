import { dataOf, jsonOf } from "./errors";
import type { Supabase } from "./supabase/browser";

/** What `open_responses` returns for each. */
interface Opened {
  bucket: string;
  path: string;
}

// Short, since anyone who has a link can use it until then.
const LINK_SECONDS = 300;

export interface RecordingLink {
  url: string;
  /** In milliseconds, by this browser's clock. */
  expiresAt: number;
}

/**
 * A link to a recording, for a few minutes; null when there is none to read. That it was opened is
 * logged. With a file name, the browser saves it under that name.
 */
export async function recordingLink(
  supabase: Supabase,
  responseId: string,
  fileName?: string,
): Promise<RecordingLink | null> {
  const asked = Date.now();
  const [opened] = await jsonOf<Opened[]>(
    supabase.rpc("open_responses", { response_ids: [responseId] }),
  );
  if (!opened) return null;
  const { signedUrl } = await dataOf(
    supabase.storage
      .from(opened.bucket)
      .createSignedUrl(opened.path, LINK_SECONDS, { download: fileName ?? false }),
  );
  return { url: signedUrl, expiresAt: asked + LINK_SECONDS * 1000 };
}
