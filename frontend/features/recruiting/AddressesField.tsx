"use client";

import {
  type ChangeEvent,
  type ClipboardEvent,
  type KeyboardEvent,
  useMemo,
  useRef,
  useState,
} from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { addressesIn, type Mark, MOST_ADDRESSES, marksOf } from "@/lib/addresses";
import { readCandidates } from "@/lib/csv";
import { type Problem, problem } from "@/lib/errors";
import { plural } from "@/lib/format";
import { Button } from "@/ui/Button";
import { TextArea } from "@/ui/Field";
import { Notice } from "@/ui/Notice";
import { Pager } from "@/ui/Pager";
import styles from "./AddressesField.module.css";
import { type Item, item } from "./new-interview/draft";

// So many lines are drawn at once: a list may have 10,000.
const PAGE = 50;

interface AddressesFieldProps {
  addresses: Item[];
  /** In the box, not yet in the list. */
  typed: string;
  onChange: (change: { addresses?: Item[]; typed?: string }) => void;
}

/** Candidates by their addresses: typed one by one, pasted as a list, or from a file. */
export function AddressesField({ addresses, typed, onChange }: AddressesFieldProps) {
  const [said, setSaid] = useState("");
  const [unreadable, setUnreadable] = useState<Problem | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const file = useRef<HTMLInputElement>(null);

  const append = (found: string[], more = "") => {
    onChange({ addresses: [...addresses, ...found.map(item)], typed: "" });
    setUnreadable(null);
    setSaid(`${plural(found.length, "address", "addresses")} added. ${more}`);
  };
  const add = () => {
    const found = addressesIn(typed);
    if (found.length > 0) append(found);
    box.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    add();
  };
  const onPaste = (event: ClipboardEvent) => {
    const found = addressesIn(event.clipboardData.getData("text"));
    // One alone goes into the box like any text.
    if (found.length < 2 || typed.trim()) return;
    event.preventDefault();
    append(found);
  };
  const onFile = async (event: ChangeEvent<HTMLInputElement>) => {
    const [chosen] = event.target.files ?? [];
    // The same file may be chosen again once it is fixed.
    const input = event.target;
    if (!chosen) return;
    setSaid("");
    const read = await readCandidates(chosen).catch(() => problem("unexpected"));
    input.value = "";
    if ("slug" in read) return setUnreadable(read);
    const { header, blanks, guessed } = read;
    append(
      read.addresses,
      [
        header && `Read from the column “${header}”.`,
        blanks > 0 && `Skipped ${plural(blanks, "row")} without an address.`,
        guessed && "The file isn’t UTF-8: check names with accents.",
      ]
        .filter(Boolean)
        .join(" "),
    );
  };

  return (
    <div className="stack">
      <TextArea
        ref={box}
        label="Email addresses"
        hint="Type one and press Enter, or paste a list separated by commas, semicolons or new lines. “Name <address>” works too."
        rows={2}
        value={typed}
        onChange={(event) => onChange({ typed: event.target.value })}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        data-autofocus
      />
      <div className="row">
        <Button variant="secondary" onClick={add}>
          Add to list
        </Button>
        <Button variant="quiet" onClick={() => file.current?.click()}>
          Upload a CSV file
        </Button>
        <input
          ref={file}
          type="file"
          hidden
          aria-label="CSV file"
          accept=".csv,.tsv,.txt,text/csv,text/plain"
          onChange={onFile}
        />
      </div>
      <p className={styles.said} role="status">
        {said}
      </p>
      {unreadable && <AccountProblem problem={unreadable} />}
      <AddressList addresses={addresses} onChange={(changed) => onChange({ addresses: changed })} />
    </div>
  );
}

/** The list, with what is still in the box. */
export const withTyped = (addresses: Item[], typed: string): Item[] => [
  ...addresses,
  ...addressesIn(typed).map(item),
];

/** What keeps a list from being sent, or null. */
export function addressesFault(addresses: Item[]): Problem | null {
  if (addresses.length > MOST_ADDRESSES) return problem("too_many_emails");
  const marks = marksOf(addresses.map(({ text }) => text));
  if (marks.every((mark) => mark === "ready")) return null;
  return {
    slug: "faulty_addresses",
    message: "Some addresses are invalid or duplicates.",
    hint: "Fix them above, or remove them.",
  };
}

interface Marked extends Item {
  mark: Mark;
}

/** The addresses with their marks. */
function useMarked(addresses: Item[]): { marked: Marked[]; faults: number } {
  return useMemo(() => {
    const marks = marksOf(addresses.map(({ text }) => text));
    const marked = addresses.map((entry, at) => ({ ...entry, mark: marks[at] ?? "malformed" }));
    return { marked, faults: marks.filter((mark) => mark !== "ready").length };
  }, [addresses]);
}

interface AddressListProps {
  addresses: Item[];
  onChange: (addresses: Item[]) => void;
}

/** What needs attention, then what is ready. */
function AddressList({ addresses, onChange }: AddressListProps) {
  const { marked, faults } = useMarked(addresses);
  const lists = useRef<HTMLDivElement>(null);
  const count = (mark: Mark) => marked.filter((entry) => entry.mark === mark).length;
  const without = (mark: Mark) =>
    onChange(marked.filter((entry) => entry.mark !== mark).map(({ id, text }) => ({ id, text })));
  // What had the focus goes with its line.
  const keepFocus = () => lists.current?.focus({ preventScroll: true });
  const remove = (id: number) => {
    onChange(addresses.filter((entry) => entry.id !== id));
    keepFocus();
  };
  const mend = (id: number, text: string) =>
    onChange(
      addresses.flatMap((entry) => {
        if (entry.id !== id) return [entry];
        // Two that stood together may have been parted; emptied, it is removed.
        const [first, ...more] = addressesIn(text);
        return first ? [{ id, text: first }, ...more.map(item)] : [];
      }),
    );

  if (addresses.length === 0) return null;
  const [malformed, duplicates] = [count("malformed"), count("duplicate")];
  return (
    <div className="stack" ref={lists} tabIndex={-1}>
      {faults > 0 && (
        <section className="stack" aria-label="Needs attention">
          <Notice
            tone="warn"
            title={[
              malformed > 0 && plural(malformed, "invalid address", "invalid addresses"),
              duplicates > 0 && plural(duplicates, "duplicate"),
            ]
              .filter(Boolean)
              .join(", ")}
            actions={
              <>
                {malformed > 0 && (
                  <Button variant="secondary" small onClick={() => without("malformed")}>
                    Remove all invalid
                  </Button>
                )}
                {duplicates > 0 && (
                  <Button variant="secondary" small onClick={() => without("duplicate")}>
                    Remove all duplicates
                  </Button>
                )}
              </>
            }
          >
            Fix them here, or remove them.
          </Notice>
          <Paged of="addresses that need attention" rows={marked.filter(isFaulty)}>
            {(entry) => <FaultyRow key={entry.id} entry={entry} onMend={mend} onRemove={remove} />}
          </Paged>
        </section>
      )}
      <section className="stack" aria-label="Ready to be invited">
        <h3 className={styles.heading}>
          {plural(addresses.length - faults, "address", "addresses")} ready
        </h3>
        <Paged of="addresses" rows={marked.filter((entry) => !isFaulty(entry))}>
          {({ id, text }) => (
            <li key={id} className={styles.entry}>
              <span className={styles.address}>{text}</span>
              <Button
                variant="quiet"
                small
                aria-label={`Remove ${text}`}
                onClick={() => remove(id)}
              >
                Remove
              </Button>
            </li>
          )}
        </Paged>
      </section>
    </div>
  );
}

const isFaulty = ({ mark }: Marked): boolean => mark !== "ready";

interface FaultyRowProps {
  entry: Marked;
  onMend: (id: number, text: string) => void;
  onRemove: (id: number) => void;
}

/** Taken over with Enter or when the field is left, so that the line stays while it is written. */
function FaultyRow({ entry: { id, text, mark }, onMend, onRemove }: FaultyRowProps) {
  const [value, setValue] = useState(text);
  const name = mark === "malformed" ? "Invalid" : "Duplicate";
  const mend = () => value !== text && onMend(id, value);
  return (
    <li className={styles.entry}>
      <span className={styles.fault}>
        <input
          className={styles.input}
          aria-label={`${name}: ${text}`}
          aria-invalid
          value={value}
          onChange={(event) => setValue(event.target.value)}
          onBlur={mend}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            mend();
          }}
          spellCheck={false}
          autoCapitalize="none"
        />
        <span className={styles.mark}>{name}</span>
      </span>
      <Button variant="quiet" small aria-label={`Remove ${text}`} onClick={() => onRemove(id)}>
        Remove
      </Button>
    </li>
  );
}

interface PagedProps<Row> {
  of: string;
  rows: Row[];
  children: (row: Row) => React.ReactNode;
}

function Paged<Row>({ of, rows, children }: PagedProps<Row>) {
  const [asked, setPage] = useState(0);
  // Rows may have gone since.
  const page = Math.max(0, Math.min(asked, Math.ceil(rows.length / PAGE) - 1));
  if (rows.length === 0) return null;
  return (
    <>
      <ul className={styles.list}>{rows.slice(page * PAGE, (page + 1) * PAGE).map(children)}</ul>
      <Pager of={of} page={page} size={PAGE} total={rows.length} onPage={setPage} />
    </>
  );
}
