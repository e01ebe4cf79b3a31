/** A recording as it is sent. */
export interface Remuxed {
  file: Blob;
  /** Null where it could not be read. */
  seconds: number | null;
}

/**
 * Copies a recording that was made in slices into a file with a duration and an index: without
 * them, browsers can neither seek nor tell how long it is. What cannot be read stays as it is:
 * better a recording that does not seek than none.
 */
export async function remux(slices: Blob[], mimeType: string): Promise<Remuxed> {
  const raw = new Blob(slices, { type: mimeType });
  if (raw.size === 0) return { file: raw, seconds: null };
  try {
    // 100 kB that no other page needs.
    const {
      BlobSource,
      BufferTarget,
      Conversion,
      Input,
      MP4,
      Mp4OutputFormat,
      Output,
      WEBM,
      WebMOutputFormat,
    } = await import("mediabunny");
    const input = new Input({ source: new BlobSource(raw), formats: [WEBM, MP4] });
    const target = new BufferTarget();
    const format = mimeType.endsWith("/mp4")
      ? new Mp4OutputFormat({ fastStart: "in-memory" })
      : new WebMOutputFormat();
    const output = new Output({ format, target });
    const conversion = await Conversion.init({
      input,
      output,
      copy: { mode: "forced", shiftTolerance: Number.POSITIVE_INFINITY },
    });
    if (!conversion.isValid || conversion.discardedTracks.length)
      return { file: raw, seconds: null };
    await conversion.execute();
    if (!target.buffer) return { file: raw, seconds: null };
    const file = new Blob([target.buffer], { type: mimeType });
    const written = new Input({ source: new BlobSource(file), formats: [WEBM, MP4] });
    return { file, seconds: await written.computeDuration() };
  } catch {
    return { file: raw, seconds: null };
  }
}
