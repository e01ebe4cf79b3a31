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
import { type Mark, MOST_ADDRESSES, marksOf, type Person, peopleIn } from "@/lib/addresses";
import type { PossibleColumn } from "@/lib/columns";
import { type Problem, problem } from "@/lib/errors";
import { count, plural } from "@/lib/format";
import { WithAddresses } from "@/ui/Address";
import { Button } from "@/ui/Button";
import { TextArea } from "@/ui/Field";
import { NamedAddress } from "@/ui/NamedAddress";
import { Notice } from "@/ui/Notice";
import { Pager } from "@/ui/Pager";
import styles from "./AddressesField.module.css";
import { ColumnQuestion, toldOfFile } from "./ColumnQuestion";
import { candidate, type DraftCandidate } from "./new-interview/draft";

// So many lines are drawn at once: a list may have 10,000.
const PAGE = 50;
const DUPLICATES_SHOWN = 3;

interface AddressesFieldProps {
  addresses: DraftCandidate[];
  /** In the box, not yet in the list. */
  typed: string;
  onChange: (change: { addresses?: DraftCandidate[]; typed?: string }) => void;
}

/** Candidates by their addresses: typed one by one, pasted as a list, or from a file. */
export function AddressesField({ addresses, typed, onChange }: AddressesFieldProps) {
  const [said, setSaid] = useState("");
  const [unreadable, setUnreadable] = useState<Problem | null>(null);
  const [question, setQuestion] = useState<{ file: File; columns: PossibleColumn[] } | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const file = useRef<HTMLInputElement>(null);

  const append = (found: Person[], more = "") => {
    const list = [...addresses, ...found.map(candidate)];
    onChange({ addresses: list, typed: "" });
    setUnreadable(null);
    setQuestion(null);
    setSaid(`${added(list, found.length)} ${more}`);
  };
  const add = () => {
    const found = peopleIn(typed);
    if (found.length > 0) append(found);
    box.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    add();
  };
  const onPaste = (event: ClipboardEvent) => {
    const found = peopleIn(event.clipboardData.getData("text"));
    // One alone goes into the box like any text.
    if (found.length < 2 || typed.trim()) return;
    event.preventDefault();
    append(found);
  };
  const read = async (chosen: File, column?: number) => {
    setSaid("");
    setUnreadable(null);
    setQuestion(null);
    // Few have a file.
    const found = await import("@/lib/csv").then(
      ({ readCandidates }) => readCandidates(chosen, column).catch(() => problem("unexpected")),
      () => problem("network_down"),
    );
    if ("slug" in found) setUnreadable(found);
    else if ("columns" in found) setQuestion({ file: chosen, columns: found.columns });
    else append(found.people, toldOfFile(found));
  };
  const onFile = async (event: ChangeEvent<HTMLInputElement>) => {
    const [chosen] = event.target.files ?? [];
    // The same file may be chosen again once it is fixed.
    const input = event.target;
    if (!chosen) return;
    await read(chosen);
    input.value = "";
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
      {question && (
        <ColumnQuestion
          columns={question.columns}
          onChoose={(column) => read(question.file, column)}
          onCancel={() => setQuestion(null)}
        />
      )}
      {unreadable && <AccountProblem problem={unreadable} />}
      <AddressList addresses={addresses} onChange={(changed) => onChange({ addresses: changed })} />
    </div>
  );
}

/** "3 addresses added.", or how many of the last `number` of a list can be invited. */
function added(list: DraftCandidate[], number: number): string {
  const marks = marksOf(list.map(({ text }) => text)).slice(list.length - number);
  const usable = marks.filter((mark) => mark === "ready").length;
  return usable === number
    ? `${plural(number, "address", "addresses")} added.`
    : `${count(usable)} of ${plural(number, "address", "addresses")} can be invited.`;
}

/** The list, with what is still in the box. */
export const withTyped = (addresses: DraftCandidate[], typed: string): DraftCandidate[] => [
  ...addresses,
  ...peopleIn(typed).map(candidate),
];

/** The list as it is sent: each address once. */
export function withoutDuplicates(addresses: DraftCandidate[]): DraftCandidate[] {
  const marks = marksOf(addresses.map(({ text }) => text));
  return addresses.filter((_, at) => marks[at] !== "duplicate");
}

/** The list as the arguments of `create_invites`. */
export function peopleOf(addresses: DraftCandidate[]): { emails: string[]; names: string[] } {
  const sent = withoutDuplicates(addresses);
  return { emails: sent.map(({ text }) => text), names: sent.map(({ name }) => name ?? "") };
}

/** What keeps a list from being sent, or null. Duplicates do not: they are left out. */
export function addressesFault(addresses: DraftCandidate[]): Problem | null {
  const sent = withoutDuplicates(addresses);
  if (sent.length > MOST_ADDRESSES) return problem("too_many_emails");
  const marks = marksOf(sent.map(({ text }) => text));
  if (marks.every((mark) => mark === "ready")) return null;
  return {
    slug: "faulty_addresses",
    message: "Some addresses are invalid.",
    hint: "Fix them above, or remove them.",
  };
}

/** Says that a list is sent without its duplicates, which are named as far as there is room. */
export function DuplicatesNote({ addresses }: { addresses: DraftCandidate[] }) {
  const sent = new Set(withoutDuplicates(addresses));
  const left = addresses.filter((entry) => !sent.has(entry));
  if (left.length === 0) return null;
  const more = left.length - DUPLICATES_SHOWN;
  const names = left.slice(0, DUPLICATES_SHOWN).map(({ text }) => text);
  return (
    <Notice title={plural(left.length, "duplicate is left out", "duplicates are left out")}>
      Each address is invited once: <WithAddresses>{names.join(", ")}</WithAddresses>
      {more > 0 && ` and ${plural(more, "other")}`}.
    </Notice>
  );
}

interface Marked extends DraftCandidate {
  mark: Mark;
}

/** The addresses with their marks. */
function useMarked(addresses: DraftCandidate[]): Marked[] {
  return useMemo(() => {
    const marks = marksOf(addresses.map(({ text }) => text));
    return addresses.map((entry, at) => ({ ...entry, mark: marks[at] ?? "malformed" }));
  }, [addresses]);
}

interface AddressListProps {
  addresses: DraftCandidate[];
  onChange: (addresses: DraftCandidate[]) => void;
}

/** What needs attention, then what is ready. */
function AddressList({ addresses, onChange }: AddressListProps) {
  const marked = useMarked(addresses);
  const lists = useRef<HTMLDivElement>(null);
  const [ready, malformed] = [marked.filter(isReady), marked.filter(isMalformed)];
  // What had the focus goes with its line.
  const keepFocus = () => lists.current?.focus({ preventScroll: true });
  const remove = (id: number) => {
    onChange(addresses.filter((entry) => entry.id !== id));
    keepFocus();
  };
  const removeMalformed = () => {
    const gone = new Set(malformed.map(({ id }) => id));
    onChange(addresses.filter(({ id }) => !gone.has(id)));
  };
  const mend = (id: number, text: string) =>
    onChange(
      addresses.flatMap((entry) => {
        if (entry.id !== id) return [entry];
        // Two that stood together may have been parted; emptied, it is removed.
        const [first, ...more] = peopleIn(text);
        if (!first) return [];
        const fixed = { id, text: first.email, name: first.name ?? entry.name };
        return [fixed, ...more.map(candidate)];
      }),
    );

  if (addresses.length === 0) return null;
  return (
    <div className="stack" ref={lists} tabIndex={-1}>
      {malformed.length > 0 && (
        <section className="stack" aria-label="Needs attention">
          <Notice
            tone="warn"
            title={plural(malformed.length, "invalid address", "invalid addresses")}
            actions={
              <Button variant="secondary" small onClick={removeMalformed}>
                Remove all invalid
              </Button>
            }
          >
            Fix them here, or remove them.
          </Notice>
          <Paged of="addresses that need attention" rows={malformed}>
            {(entry) => (
              <MalformedRow key={entry.id} entry={entry} onMend={mend} onRemove={remove} />
            )}
          </Paged>
        </section>
      )}
      <DuplicatesNote addresses={addresses} />
      <section className="stack" aria-label="Ready to be invited">
        <h3 className={styles.heading}>{plural(ready.length, "address", "addresses")} ready</h3>
        <Paged of="addresses" rows={ready}>
          {({ id, text, name }) => (
            <li key={id} className={styles.entry}>
              <span className={styles.address}>
                <NamedAddress name={name}>{text}</NamedAddress>
              </span>
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

const isReady = ({ mark }: Marked): boolean => mark === "ready";
const isMalformed = ({ mark }: Marked): boolean => mark === "malformed";

interface MalformedRowProps {
  entry: DraftCandidate;
  onMend: (id: number, text: string) => void;
  onRemove: (id: number) => void;
}

/** Taken over with Enter or when the field is left, so that the line stays while it is written. */
function MalformedRow({ entry: { id, text, name }, onMend, onRemove }: MalformedRowProps) {
  const [value, setValue] = useState(text);
  const mend = () => value !== text && onMend(id, value);
  return (
    <li className={styles.entry}>
      <span className={styles.fault}>
        <input
          className={styles.input}
          dir="auto"
          aria-label={`Invalid: ${text}`}
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
        <span className={styles.mark}>Invalid</span>
        {name && <bdi className="soft small">{name}</bdi>}
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
