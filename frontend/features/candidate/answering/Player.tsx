"use client";

import { useEffect, useState } from "react";
import styles from "./OwnAnswer.module.css";

/** Plays what is on this device alone. */
export function Player({ file, label }: { file: Blob; label: string }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return file.type.startsWith("video/") ? (
    // biome-ignore lint/a11y/useMediaCaption: nobody has written down what they said
    <video className={styles.player} src={url} controls playsInline aria-label={label} />
  ) : (
    // biome-ignore lint/a11y/useMediaCaption: nobody has written down what they said
    <audio className={styles.player} src={url} controls aria-label={label} />
  );
}
