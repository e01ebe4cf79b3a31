import { useState } from "react";
import { changesOf, rebased } from "@/lib/edits";
import { problemOf, refuse } from "@/lib/errors";

interface Edit<Row, Fields extends object> {
  /** What is edited, as it was read. */
  row: Row;
  /** A row's columns as the form has them; compared one by one. */
  fieldsOf: (row: Row) => Fields;
  /** Writes, if the row is still as it was seen; null when it is not. */
  write: (changes: Partial<Fields>, seen: Row) => Promise<Row | null>;
  /** The row as it is now; null when it is gone. */
  read: () => Promise<Row | null>;
  /** Its refusal when it is gone. */
  gone: string;
  onSaved?: (row: Row) => void;
}

/** What a function has written; null when it found that the row is not as it was seen. */
export async function unlessChanged<Row>(answer: Promise<Row>): Promise<Row | null> {
  try {
    return await answer;
  } catch (error) {
    if (problemOf(error).slug === "row_conflict") return null;
    throw error;
  }
}

/** A form over a row that others may change at the same time: nothing of theirs is undone unseen. */
export function useEdit<Row, Fields extends object>(edit: Edit<Row, Fields>) {
  const { fieldsOf, write, read, gone, onSaved } = edit;
  const [seen, setSeen] = useState(edit.row);
  const [values, setValues] = useState(() => fieldsOf(edit.row));
  // The fields that both have changed; null before anyone else has saved anything.
  const [disputed, setDisputed] = useState<(keyof Fields)[] | null>(null);

  /** Whether it is saved; otherwise someone else was faster, and `disputed` says in what. */
  const save = async (wanted: Fields): Promise<boolean> => {
    const changes = changesOf(fieldsOf(seen), wanted);
    if (Object.keys(changes).length === 0) return true;
    const saved = await write(changes, seen);
    if (saved) {
      onSaved?.(saved);
      return true;
    }
    const theirs = await read();
    if (!theirs) refuse(gone);
    const merged = rebased(fieldsOf(seen), wanted, fieldsOf(theirs));
    setSeen(theirs);
    setValues(merged.values);
    setDisputed(merged.disputed);
    return false;
  };
  const takeTheirs = () => {
    setValues(fieldsOf(seen));
    setDisputed(null);
  };
  const change = (changed: Partial<Fields>) => setValues({ ...values, ...changed });
  return { values, change, save, disputed, theirs: fieldsOf(seen), takeTheirs };
}

/** What such a form works with. */
export type Editing<Fields extends object> = ReturnType<typeof useEdit<unknown, Fields>>;
