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

// What parts addresses, whatever the keyboard, and the quotes of every language. No address has
// any of them, but for two that are legal and never meant: | anywhere and ' at either end.
const COMMAS = ",،、，､";
const SEMICOLONS = ";؛；|｜";
const OPENING = /^(?:mailto:|["'`´“”„‟«»‹›‘’‚‛「『([（［<\s\p{Cf}])+/giu;
const CLOSING = /["'`´“”„‟«»‹›‘’‚‛」』)\]）］>.。．｡\s\p{Cf}]+$/gu;

/**
 * The addresses of a typed or pasted list: with commas, semicolons, blanks or lines between them,
 * and as mail programs write them, `Jane Doe <jane@example.com>`. The names go; everything else
 * stays in the list, so that what is malformed can be seen.
 */
export function addressesIn(text: string): string[] {
  // Where people are separated by semicolons, a comma may stand in a name: "Doe, Jane <…>".
  const inNames = /[;؛；]/.test(text) ? "" : COMMAS;
  const quoted = '"[^"\\n]{0,200}"|[“„«][^“”„«»<>@\\n]{0,200}[“”»]';
  // A name begins after a separator or after another address. Nobody's is longer, and without an
  // end to it a long text without addresses would take its time.
  const named = new RegExp(
    `(^|[${SEMICOLONS}${COMMAS}\\n\\t]|\\s(?<=@[^\\s<>]*>?\\s)) {0,9}(?:${quoted}|[^<>@${SEMICOLONS}${inNames}\\n\\t"]{0,200})\\s{0,9}(?=<)`,
    "g",
  );
  return text
    .replace(/\r\n?/g, "\n")
    .replace(named, "$1 ")
    .split(new RegExp(`[\\s<>${SEMICOLONS}${COMMAS}]+`))
    .map(bare)
    .filter(Boolean);
}

// A longer word is no address, and would take its time.
const bare = (word: string): string =>
  word.slice(0, 1000).replace(OPENING, "").replace(CLOSING, "");
