"use client";

import { useEffect, useState } from "react";
import { recordingProblem } from "@/lib/recordingProblems";
import { Button } from "@/ui/Button";
import { CopyButton } from "@/ui/CopyButton";
import { ProblemNotice } from "@/ui/ProblemNotice";
import styles from "./DeviceProblem.module.css";

interface DeviceProblemProps {
  slug: string;
  onRetry: () => void;
  /** Records sound alone; null where that is not offered. */
  onSound: (() => void) | null;
}

const PHONE_HELPS = new Set(["no_camera", "no_microphone", "unsupported_browser"]);
const TAKEN_ELSEWHERE = new Set(["in_app_browser", "unsupported_browser", "insecure_page"]);

/** Why nothing can be recorded here, and each way out. */
export function DeviceProblem({ slug, onRetry, onSound }: DeviceProblemProps) {
  const elsewhere = TAKEN_ELSEWHERE.has(slug);
  return (
    <div className="stack">
      <ProblemNotice
        problem={recordingProblem(slug)}
        actions={
          <>
            {!elsewhere && (
              <Button variant="secondary" small onClick={onRetry}>
                Try again
              </Button>
            )}
            {onSound && !elsewhere && (
              <Button variant="secondary" small onClick={onSound}>
                Record sound alone
              </Button>
            )}
            {elsewhere && <CopyButton text={pageAddress}>Copy the link</CopyButton>}
          </>
        }
      />
      {PHONE_HELPS.has(slug) && <PhoneCode />}
    </div>
  );
}

// The page, without anything that would let anybody in: they sign in on the phone.
const pageAddress = (): string => window.location.origin + window.location.pathname;

/** The page's address for a phone's camera, where the pointer says that this is no phone. */
function PhoneCode() {
  const [path, setPath] = useState<{ d: string; size: number } | null>(null);
  useEffect(() => {
    if (!window.matchMedia("(pointer: fine)").matches) return;
    let over = false;
    const draw = async () => {
      // Few need it.
      const { encodeQR } = await import("qr");
      if (over) return;
      const rows = encodeQR(pageAddress(), "raw");
      const d = rows
        .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
        .join("");
      setPath({ d, size: rows.length });
    };
    // Without a connection the text has to do.
    void draw().catch(() => {});
    return () => {
      over = true;
    };
  }, []);
  if (!path) return null;
  return (
    <figure className={styles.code}>
      <svg viewBox={`0 0 ${path.size} ${path.size}`} role="img" aria-label="QR code of this page">
        <path d={path.d} fill="currentColor" />
      </svg>
      <figcaption>
        Go on with your phone: point its camera here, then sign in with the same account.
      </figcaption>
    </figure>
  );
}
