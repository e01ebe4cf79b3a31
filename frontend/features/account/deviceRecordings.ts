import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Ending } from "@/lib/recorder";
import type { RecordedKind } from "@/lib/recording";
import { databaseFor } from "./unsent";

/** A recording that has not arrived at Storage, as it is kept on this device. */
export interface Kept {
  /** The response's. */
  id: string;
  interviewId: string;
  questionId: string;
  bucket: string;
  path: string;
  kind: RecordedKind;
  /** Without codecs. */
  mimeType: string;
  startedAt: string;
  maxBytes: number;
  /** How many recordings of the question may be sent after this one. */
  takesLeft: number;
  stage: "recording" | "review" | "sending";
  ending: Ending | null;
  seconds: number;
  /** Where a resumable upload goes on; only for exactly the bytes of the kept file. */
  uploadUrl: string | null;
}

/** Where recordings wait. Slices come while recording; the file replaces them before sending. */
export interface Shelf {
  /** Whether it lasts as long as it must: longer than the page, unless nothing is to be sent. */
  lasting: boolean;
  all(): Promise<Kept[]>;
  put(kept: Kept): Promise<void>;
  addSlice(id: string, index: number, slice: Blob): Promise<void>;
  slices(id: string): Promise<Blob[]>;
  putFile(id: string, file: Blob): Promise<void>;
  file(id: string): Promise<Blob | undefined>;
  remove(id: string): Promise<void>;
}

interface Schema extends DBSchema {
  recordings: { key: string; value: Kept };
  slices: { key: [string, number]; value: Blob };
  files: { key: string; value: Blob };
}

const slicesOf = (id: string) => IDBKeyRange.bound([id, 0], [id, Number.MAX_SAFE_INTEGER]);

/** The shelf of an account: on the disk, or in memory where the browser keeps nothing. */
export async function openShelf(accountId: string): Promise<Shelf> {
  try {
    const database = await openDB<Schema>(databaseFor(accountId), 1, {
      upgrade: (fresh) => {
        fresh.createObjectStore("recordings", { keyPath: "id" });
        fresh.createObjectStore("slices");
        fresh.createObjectStore("files");
      },
      // Another tab deletes or upgrades it.
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    });
    const shelf = onDisk(database);
    await probe(database);
    return shelf;
  } catch {
    return memoryShelf();
  }
}

/** Some browsers open a database in a private window but take no blobs. */
async function probe(database: IDBPDatabase<Schema>) {
  await database.put("files", new Blob(["probe"]), "probe");
  await database.delete("files", "probe");
}

const onDisk = (database: IDBPDatabase<Schema>): Shelf => ({
  lasting: true,
  all: () => database.getAll("recordings"),
  put: async (kept) => void (await database.put("recordings", kept)),
  addSlice: async (id, index, slice) => void (await database.put("slices", slice, [id, index])),
  slices: (id) => database.getAll("slices", slicesOf(id)),
  putFile: async (id, file) => {
    await database.put("files", file, id);
    await database.delete("slices", slicesOf(id));
  },
  file: (id) => database.get("files", id),
  remove: async (id) => {
    const work = database.transaction(["recordings", "slices", "files"], "readwrite");
    await Promise.all([
      work.objectStore("recordings").delete(id),
      work.objectStore("slices").delete(slicesOf(id)),
      work.objectStore("files").delete(id),
      work.done,
    ]);
  },
});

/** A shelf that is gone with the page. */
export function memoryShelf(): Shelf {
  const recordings = new Map<string, Kept>();
  const slices = new Map<string, Blob[]>();
  const files = new Map<string, Blob>();
  return {
    lasting: false,
    all: async () => [...recordings.values()],
    put: async (kept) => void recordings.set(kept.id, kept),
    addSlice: async (id, _index, slice) => void slices.set(id, [...(slices.get(id) ?? []), slice]),
    slices: async (id) => slices.get(id) ?? [],
    putFile: async (id, file) => void files.set(id, file),
    file: async (id) => files.get(id),
    remove: async (id) => {
      for (const part of [recordings, slices, files]) part.delete(id);
    },
  };
}
