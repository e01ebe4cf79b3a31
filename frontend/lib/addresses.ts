/** As many addresses as one call invites. */
export const MOST_ADDRESSES = 10_000;

// Blanks, and the invisible marks that come along with a copied text.
const AROUND = /^[\s\u0085\p{Cf}]+|[\s\u0085\p{Cf}]+$/gu;

/** `text` without blanks around it, fit for comparing. The domain is for the database to convert. */
export const normalized = (text: string): string =>
  // Other letters stay: some fold into ASCII's, which makes another mailbox.
  text.replace(AROUND, "").replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

const ATOM = "[-a-z0-9!#$%&'*+/=?^_`{|}~]+";
const LABEL = "[-a-z0-9\\p{L}\\p{M}\\p{Nd}]";
const SHAPE = new RegExp(`^${ATOM}(?:\\.${ATOM})*@(?:${LABEL}+\\.)+${LABEL}{2,}$`, "u");
const MISPLACED = /@-|@.*(?:\.-|-\.)|-$|\.[0-9]+$/u;

/**
 * Whether a normalized address looks like one that can be mailed (`private.is_email`). Of domains
 * beyond ASCII the database refuses some that pass here.
 */
export function isAddress(email: string): boolean {
  if (email.length > 320) return false;
  const dotted = email.replace(/[。．｡]/g, ".");
  if (!SHAPE.test(dotted) || MISPLACED.test(dotted)) return false;
  const [local = "", domain = ""] = dotted.split("@");
  return (
    Array.from(dotted).length <= 254 &&
    local.length <= 64 &&
    domain.split(".").every((label) => Array.from(label).length <= 63)
  );
}

export type Mark = "ready" | "malformed" | "duplicate";

/** What is the matter with each address of a list: a later one like an earlier is a duplicate. */
export function marksOf(addresses: string[]): Mark[] {
  const seen = new Set<string>();
  return addresses.map((address) => {
    const email = normalized(address);
    if (!isAddress(email)) return "malformed";
    if (seen.has(email)) return "duplicate";
    seen.add(email);
    return "ready";
  });
}

/** Someone in a list: what may be their address, and their name if it stands beside it. */
export interface Person {
  email: string;
  name: string | null;
}

// What separates people, whatever the keyboard, and the quotes of every language. No address has
// any of them, but for two that are legal and never meant: | anywhere and ' at either end.
const COMMAS = ",،、，､";
const SEPARATORS = /[;؛；|｜\n\r\t]+/;
const BLANKS = new RegExp(`[\\s${COMMAS}]+`);
// Text up to an address, which stands in angle brackets or has words before it.
const RUN = new RegExp(`([^<>@]*)(?:<([^<>]*)>?|(@[^\\s<>${COMMAS}]*)|>|$)`, "g");
const QUOTES = "\"'`´“”„‟«»‹›‘’‚‛「『」』";
const WRAPPING = `${QUOTES}()（）\\[\\]［］<>\\s\\p{Cf}`;
const OPENING = new RegExp(`^(?:mailto:|=(?=")|[${WRAPPING}])+`, "giu");
const CLOSING = new RegExp(`[${WRAPPING}.。．｡]+$`, "gu");
const BESIDE_NAME = `[${QUOTES}${COMMAS}\\s\\p{Cf}]+`;
const AROUND_NAME = new RegExp(`^${BESIDE_NAME}|${BESIDE_NAME}$`, "gu");

/**
 * The people of a typed or pasted list: with commas, semicolons, blanks or lines between them, and
 * as mail programs write them, `Jane Doe <jane@example.com>`. Every other word stays in the list,
 * so that what is malformed can be seen. service/http/people.py reads the same.
 */
export function peopleIn(text: string): Person[] {
  const found: Person[] = [];
  // A name may stand in a line of its own.
  for (const piece of text.replace(/\s{1,9}(?=<)/g, " ").split(SEPARATORS)) {
    for (const [, run = "", inside = "", domain = ""] of piece.matchAll(RUN)) {
      const address = bare(inside);
      const words = (address ? inside : run + domain).split(BLANKS);
      const name = address ? nameIn(run) : null;
      // As Outlook writes it: "jane@example.com" <jane@example.com>.
      const before = found.at(-1)?.email.toLowerCase();
      if (address && !name && before === address.toLowerCase()) continue;
      const emails = words.map(bare).filter(Boolean);
      for (const email of emails) found.push({ email, name: emails.length === 1 ? name : null });
    }
  }
  return found;
}

// A longer word is no address, and would take its time.
const bare = (word: string): string =>
  word.slice(0, 1000).replace(OPENING, "").replace(CLOSING, "");

const nameIn = (text: string): string | null => oneLine(text.replace(AROUND_NAME, ""));

/** A name without line breaks; null when there is nothing to see. */
export const oneLine = (text: string): string | null =>
  text.replace(AROUND, "").replace(/\s+/g, " ") || null;
