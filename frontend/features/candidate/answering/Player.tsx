"use client";

import { useEffect, useState } from "react";
import styles from "./OwnAnswer.module.css";

interface PlayerProps {
  /** Null until it has been put together: its place is kept, so that no button moves. */
  file: Blob | null;
  mimeType: string;
  label: string;
}

/** Plays what is on this device alone. */
export function Player({ file, mimeType, label }: PlayerProps) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!file) return;
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return mimeType.startsWith("video/") ? (
    // biome-ignore lint/a11y/useMediaCaption: nobody has written down what they said
    <video className={styles.player} src={url} controls playsInline aria-label={label} />
  ) : (
    // biome-ignore lint/a11y/useMediaCaption: nobody has written down what they said
    <audio className={styles.player} src={url} controls aria-label={label} />
  );
}
