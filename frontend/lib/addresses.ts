/** As many addresses as one call invites. */
export const MOST_ADDRESSES = 10_000;

// The blanks that the database trims.
const BLANKS = "[ \\t\\n\\r\\f\\v\\u00a0\\u200b\\u2060\\u3000\\ufeff]+";
const AROUND = new RegExp(`^${BLANKS}|${BLANKS}$`, "g");
// They fold into ASCII's i and k, which makes another mailbox: the database refuses them.
const FOLDED = /[\u0130\u212a]/;

/** How the database stores and compares an address: NFC, trimmed, lower case. */
export function normalized(address: string): string {
  const text = address.replace(AROUND, "");
  // NFC would fold them already.
  return FOLDED.test(text) ? text : text.normalize("NFC").toLowerCase();
}

const SHAPE =
  /^[^\s"(),:;<>@[\\\]]+@(?:[-a-z0-9\u00a1-\u{10ffff}]+\.)+[a-z\u00a1-\u{10ffff}][-a-z0-9\u00a1-\u{10ffff}]+$/u;
const MISPLACED = /^\.|\.@|\.\.|@-|@.*(?:\.-|-\.)|-$/u;
// Control characters, those without a shape, blanks, specials, and what FOLDED has.
const INVISIBLE = /[\p{Cc}\p{DI}\s\ufff9-\uffff\u0130\u212a]/u;

/** Whether a normalized address can be mailed, by the rules of the database (`private.is_email`). */
export function isAddress(email: string): boolean {
  if (email.length > 508 || Array.from(email).length > 254) return false;
  if (!SHAPE.test(email) || MISPLACED.test(email) || INVISIBLE.test(email)) return false;
  const [local = "", domain = ""] = email.split("@");
  return (
    Array.from(local).length <= 64 &&
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

/**
 * The addresses of a typed or pasted list: with commas, semicolons, blanks or lines between them,
 * and as mail programs write them, `Jane Doe <jane@example.com>`. The names go; everything else
 * stays in the list, so that what is malformed can be seen.
 */
export function addressesIn(text: string): string[] {
  // Where people are separated by semicolons, a comma may stand in a name: "Doe, Jane <…>".
  const name = text.includes(";") ? '[^<>@;\\n\\t"]*' : '[^<>@,;\\n\\t"]*';
  // A name begins after a separator or after another address.
  const named = new RegExp(
    `(^|[,;\\n\\t]|(?<=@[^\\s<>]*>?)\\s)\\s*(?:"[^"\\n]*"|${name})\\s*(?=<)`,
    "g",
  );
  return text
    .replace(/\r\n?/g, "\n")
    .replace(named, "$1 ")
    .split(/[\s,;<>]+/)
    .map((word) => word.replace(/^(?:mailto:|["'([])+|["')\].]+$/gi, "").replace(AROUND, ""))
    .filter(Boolean);
}
