"use client";

import { useState } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { dataOf, jsonOf, refuse } from "@/lib/errors";
import { Button } from "@/ui/Button";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { useAction } from "@/ui/useAction";
import type { OwnResponse } from "../participations";
import styles from "./OwnAnswer.module.css";

/** What `open_responses` returns for each. */
interface Opened {
  bucket: string;
  path: string;
}

// Whoever has a link can use it for so long.
const LINK_SECONDS = 300;

/** One's own answer: read it, watch it, download it. */
export function OwnAnswer({ take, number }: { take: OwnResponse; number: number }) {
  const { supabase } = useSignedIn();
  const { run, busy, refusal } = useAction();
  const [url, setUrl] = useState<string | null>(null);
  if (take.kind === "text") {
    return (
      <details className={styles.written}>
        <summary>Read your answer</summary>
        <p className="prewrap">{take.answer}</p>
      </details>
    );
  }
  const link = async (download: string | false): Promise<string> => {
    const [opened] = await jsonOf<Opened[]>(
      supabase.rpc("open_responses", { response_ids: [take.id] }),
    );
    if (!opened) return refuse("not_found");
    const { signedUrl } = await dataOf(
      supabase.storage.from(opened.bucket).createSignedUrl(opened.path, LINK_SECONDS, { download }),
    );
    return signedUrl;
  };
  const extension = take.mime_type?.split("/")[1] ?? "webm";
  const watch = () => run(async () => setUrl(await link(false)));
  const save = () =>
    run(async () => window.location.assign(await link(`answer-${number}.${extension}`)));
  return (
    <>
      {!url && (
        <Button
          variant="quiet"
          small
          busy={busy}
          aria-label={`Watch your answer to question ${number}`}
          onClick={watch}
        >
          {take.kind === "video" ? "Watch" : "Listen"}
        </Button>
      )}
      <Button
        variant="quiet"
        small
        busy={busy}
        aria-label={`Download your answer to question ${number}`}
        onClick={save}
      >
        Download
      </Button>
      {url && take.kind === "video" && (
        // biome-ignore lint/a11y/useMediaCaption: nobody has written down what they said
        <video className={styles.player} src={url} controls autoPlay playsInline />
      )}
      {url && take.kind === "audio" && (
        // biome-ignore lint/a11y/useMediaCaption: nobody has written down what they said
        <audio className={styles.player} src={url} controls autoPlay />
      )}
      {refusal && <ProblemNotice problem={refusal} />}
    </>
  );
}
