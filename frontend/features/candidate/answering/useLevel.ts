"use client";

import { type RefObject, useEffect, useState } from "react";

// Less than this is silence, a muted microphone for instance; a quiet room is louder.
const SILENCE = 0.0008;
const SILENT_MS = 5000;

/** Moves a meter with the sound; returns whether there has been none for some seconds. */
export function useLevel(
  stream: MediaStream | null,
  meter: RefObject<HTMLMeterElement | null>,
): boolean {
  const [silent, setSilent] = useState(false);
  useEffect(() => {
    setSilent(false);
    if (!stream?.getAudioTracks().length) return;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    context.createMediaStreamSource(stream).connect(analyser);
    // Safari starts it only after a click.
    void context.resume().catch(() => {});
    const samples = new Float32Array(analyser.fftSize);
    let heard = Date.now();
    const timer = setInterval(() => {
      if (context.state !== "running") {
        heard = Date.now();
        return;
      }
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      const level = Math.sqrt(power);
      if (level > SILENCE) heard = Date.now();
      setSilent(Date.now() - heard > SILENT_MS);
      // As ears hear it: from -60 dB to 0.
      if (meter.current) meter.current.value = Math.max(0, 1 + Math.log10(level || 1e-9) / 3);
    }, 100);
    return () => {
      clearInterval(timer);
      void context.close();
    };
  }, [stream, meter]);
  return silent;
}
