import type { Kept, Shelf } from "@/features/account/deviceRecordings";
import type { Pending } from "@/lib/answers";
import { problemOf } from "@/lib/errors";
import type { Ending } from "@/lib/recorder";
import { spaceProblem } from "@/lib/recordingProblems";
import { type Remuxed, remux } from "./remux";
import type { Sending } from "./send";

/** A recording of this device, and how far it is. */
export interface Recording extends Kept {
  progress: "recording" | Pending;
  /** It was found when the page opened. */
  found: boolean;
  bytes: number;
  sentBytes: number;
  /** Why it could not be sent. */
  problem: string | null;
}

export interface Snapshot {
  /** Only one tab records and sends for an interview. */
  tab: "asking" | "here" | "elsewhere";
  /** What is on this device is known. */
  loaded: boolean;
  recordings: Recording[];
  /** What to say about where recordings are kept. */
  space: string | null;
}

/** Where recordings are kept until they have been sent, and how they are. */
export interface Outlet {
  /** The name of what one tab at a time has; null where tabs have nothing in common. */
  lock: string | null;
  openShelf: () => Promise<Shelf>;
  /** Null once it has arrived; otherwise the slug of why it can't. */
  send: (sending: Sending) => Promise<string | null>;
}

const NOTHING: Snapshot = { tab: "asking", loaded: false, recordings: [], space: null };

/**
 * The recordings of one account for one interview that have not arrived yet. It outlives the
 * page's components, so that an upload goes on while somebody looks at something else.
 */
export class Recordings {
  private readonly listeners = new Set<() => void>();
  private readonly interviewId: string;
  private readonly outlet: Outlet;
  private state = NOTHING;
  private shelf: Promise<Shelf> | null = null;
  private readonly slices = new Map<string, Blob[]>();
  /** What the device could not keep, or not all of it. */
  private readonly unkept = new Set<string>();
  private readonly files = new Map<string, Promise<Remuxed>>();
  private readonly sending = new Map<string, AbortController>();
  /** The page may know less than has been sent, by another tab or by itself before a reload. */
  private outdated = reloaded();
  private visitors = 0;
  private letGo: (() => void) | null = null;
  private waiting: AbortController | null = null;
  /** Something has arrived, or may have without the page knowing. */
  onChange: (() => void) | null = null;
  /** Another tab has taken over. */
  onLost: (() => void) | null = null;

  constructor(interviewId: string, outlet: Outlet) {
    this.interviewId = interviewId;
    this.outlet = outlet;
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  readonly snapshot = (): Snapshot => this.state;
  static readonly onServer = (): Snapshot => NOTHING;

  // ---- one tab at a time ----------------------------------------------------------------------

  enter() {
    this.visitors += 1;
    if (this.visitors === 1 && !this.letGo && !this.waiting) void this.hold(false);
  }

  /** Nothing under way keeps the lock from another tab. */
  leave() {
    this.visitors -= 1;
    // Not at once: the next page, or React, may come back to it in the same moment.
    setTimeout(() => this.rest());
  }

  /** Lets another tab have it, once nobody looks at it and nothing is under way. */
  private rest() {
    const recording = this.state.recordings.some(({ progress }) => progress === "recording");
    // What is in memory alone must not go with the page that showed it.
    if (this.visitors > 0 || this.sending.size > 0 || this.unkept.size > 0 || recording) return;
    this.waiting?.abort();
    this.waiting = null;
    this.letGo?.();
    this.letGo = null;
    this.set({ ...NOTHING });
  }

  takeOver() {
    this.waiting?.abort();
    void this.hold(true);
  }

  /** The account has signed out: what is kept waits for it here. */
  halt() {
    this.onLost?.();
    for (const controller of this.sending.values()) controller.abort();
    this.sending.clear();
    this.waiting?.abort();
    this.waiting = null;
    this.letGo?.();
    this.letGo = null;
  }

  private async hold(steal: boolean) {
    const { lock } = this.outlet;
    if (!lock || !navigator.locks) return this.open();
    const waiting = new AbortController();
    this.waiting = waiting;
    // It is ours at once, or another tab has it.
    const patience = setTimeout(() => {
      this.outdated = true;
      this.set({ tab: "elsewhere" });
    }, 300);
    let held = false;
    try {
      await navigator.locks.request(
        lock,
        steal ? { steal } : { signal: waiting.signal },
        async () => {
          clearTimeout(patience);
          held = true;
          this.waiting = null;
          const released = new Promise<void>((resolve) => {
            this.letGo = resolve;
          });
          await this.open();
          await released;
        },
      );
    } catch {
      clearTimeout(patience);
      if (held) this.lose();
    }
  }

  private lose() {
    this.outdated = true;
    this.letGo = null;
    this.onLost?.();
    for (const controller of this.sending.values()) controller.abort();
    this.sending.clear();
    // The other tab may make the file to send another time, with other bytes.
    this.files.clear();
    this.set({ tab: "elsewhere" });
    // Ours again once the other tab is closed.
    void this.hold(false);
  }

  private async open() {
    this.shelf ??= this.outlet.openShelf();
    const shelf = await this.shelf;
    const kept = (await shelf.all()).filter(({ interviewId }) => interviewId === this.interviewId);
    const onDisk = kept.map((row) => ({
      ...asRecording(row),
      // Nothing is recorded now: the tab that did has ended.
      ...(row.stage === "recording" && { stage: "review" as const, ending: "broken" as const }),
      progress: row.stage === "sending" ? ("sending" as const) : ("recorded" as const),
      found: true,
    }));
    const inMemory = this.state.recordings.filter(({ id }) => this.unkept.has(id));
    const recordings = [...onDisk.filter(({ id }) => !this.unkept.has(id)), ...inMemory];
    // Another tab may have sent it or thrown it away since.
    for (const id of this.slices.keys()) if (!this.unkept.has(id)) this.slices.delete(id);
    if (this.outdated) this.onChange?.();
    this.outdated = false;
    this.set({ tab: "here", loaded: true, recordings });
    for (const recording of recordings) {
      if (recording.stage === "sending") void this.run(recording.id);
      else if (recording.found && recording.seconds === 0) void this.file(recording.id);
    }
    await this.lookForSpace(shelf);
  }

  private async lookForSpace(shelf: Shelf) {
    const estimate = await navigator.storage?.estimate?.().catch(() => undefined);
    const { quota, usage } = estimate ?? {};
    this.set({ space: spaceProblem({ kept: shelf.lasting, quota, usage }) });
  }

  // ---- recording --------------------------------------------------------------------------------

  /** A take begins; the database has given up what was begun for the question before. */
  async begin(kept: Kept) {
    for (const { id, questionId } of this.state.recordings) {
      if (questionId === kept.questionId) await this.throwAway(id);
    }
    this.slices.set(kept.id, []);
    this.set({ recordings: [...this.state.recordings, asRecording(kept)] });
    await this.store(kept.id, (shelf) => shelf.put(kept));
  }

  async addSlice(id: string, slice: Blob) {
    const slices = this.slices.get(id);
    if (!slices) return;
    const index = slices.push(slice) - 1;
    await this.store(id, (shelf) => shelf.addSlice(id, index, slice));
  }

  /** The recording has ended, for whatever reason; whether there is anything of it. */
  async end(id: string, ending: Ending, seconds: number): Promise<boolean> {
    const empty = !this.slices.get(id)?.length;
    if (empty) await this.throwAway(id);
    else {
      this.change(id, { stage: "review", progress: "recorded", ending, seconds });
      await this.keep(id);
    }
    this.rest();
    return !empty;
  }

  /** What was recorded, to be watched and sent. */
  file(id: string): Promise<Remuxed> {
    const known = this.files.get(id);
    if (known) return known;
    const made = this.make(id);
    this.files.set(id, made);
    return made;
  }

  private async make(id: string): Promise<Remuxed> {
    const recording = this.find(id);
    const shelf = await this.shelf;
    if (!recording || !shelf) return { file: new Blob(), seconds: null };
    const kept = await shelf.file(id);
    if (kept) return { file: kept, seconds: recording.seconds };
    const slices = this.slices.get(id) ?? (await shelf.slices(id));
    const made = await remux(slices, recording.mimeType);
    // A slice is a second, give or take.
    this.change(id, { seconds: made.seconds ?? (recording.seconds || slices.length) });
    return made;
  }

  async throwAway(id: string) {
    this.sending.get(id)?.abort();
    this.sending.delete(id);
    this.slices.delete(id);
    this.files.delete(id);
    this.set({ recordings: this.state.recordings.filter((recording) => recording.id !== id) });
    await this.store(id, (shelf) => shelf.remove(id));
    this.unkept.delete(id);
  }

  async throwAllAway() {
    for (const { id } of this.state.recordings) await this.throwAway(id);
  }

  // ---- sending ----------------------------------------------------------------------------------

  /** Sends it, in the background. */
  async use(id: string) {
    const { file } = await this.file(id);
    const recording = this.find(id);
    if (!recording || this.sending.has(id)) return;
    if (file.size === 0) {
      this.change(id, { progress: "refused", problem: "nothing_recorded" });
      return;
    }
    if (file.size > recording.maxBytes) {
      this.change(id, { progress: "refused", problem: "recording_too_large" });
      return;
    }
    this.change(id, { stage: "sending", progress: "sending", problem: null, bytes: file.size });
    // Kept as it is sent: an upload can only go on with the same bytes.
    const lasts = await this.store(id, (shelf) => shelf.putFile(id, file));
    await this.keep(id);
    await this.run(id, lasts);
  }

  private async run(id: string, lasts = true) {
    const recording = this.find(id);
    if (!recording || this.sending.has(id)) return;
    const controller = new AbortController();
    this.sending.set(id, controller);
    const { file } = await this.file(id);
    if (controller.signal.aborted) return;
    this.change(id, { progress: "sending", problem: null, bytes: file.size });
    try {
      const problem = await this.outlet.send({
        kept: recording,
        file,
        signal: controller.signal,
        onProgress: (sentBytes) => this.change(id, { progress: "sending", sentBytes }),
        onWaiting: () => this.change(id, { progress: "waiting" }),
        onUrl: (uploadUrl) => {
          this.change(id, { uploadUrl });
          if (lasts) void this.keep(id);
        },
      });
      this.sending.delete(id);
      if (problem) this.change(id, { progress: "refused", problem });
      else await this.throwAway(id);
      this.onChange?.();
    } catch (error) {
      // Thrown away, or another tab goes on.
      if (controller.signal.aborted) return;
      this.sending.delete(id);
      this.change(id, { progress: "refused", problem: problemOf(error).slug });
    }
    this.rest();
  }

  // ---- what is kept -----------------------------------------------------------------------------

  private find(id: string): Recording | undefined {
    return this.state.recordings.find((recording) => recording.id === id);
  }

  private change(id: string, changes: Partial<Recording>) {
    this.set({
      recordings: this.state.recordings.map((recording) =>
        recording.id === id ? { ...recording, ...changes } : recording,
      ),
    });
  }

  private async keep(id: string) {
    const recording = this.find(id);
    if (!recording) return;
    const { progress: _1, found: _2, bytes: _3, sentBytes: _4, problem: _5, ...kept } = recording;
    await this.store(id, (shelf) => shelf.put(kept));
  }

  /** Whether the device has kept it. Where it has not, memory has; the person is told. */
  private async store(id: string, work: (shelf: Shelf) => Promise<void>): Promise<boolean> {
    try {
      this.shelf ??= this.outlet.openShelf();
      await work(await this.shelf);
      return true;
    } catch {
      this.unkept.add(id);
      this.set({ space: "no_space" });
      return false;
    }
  }

  private set(changes: Partial<Snapshot>) {
    this.state = { ...this.state, ...changes };
    for (const listener of this.listeners) listener();
  }
}

/** The server reads for the next page while an upload of the last one may still arrive. */
function reloaded(): boolean {
  if (typeof performance === "undefined") return false;
  const [loaded] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return loaded?.type === "reload";
}

const asRecording = (kept: Kept): Recording => ({
  ...kept,
  progress: "recording",
  found: false,
  bytes: 0,
  sentBytes: 0,
  problem: null,
});
