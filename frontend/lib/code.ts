const DIGIT = /\p{Nd}/u;

/** `text` with the decimal digits of every script as ASCII's. */
function withPlainDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    // The ten of a script stand in a row, which begins with its zero.
    const point = digit.codePointAt(0) ?? 0;
    let before = 0;
    while (DIGIT.test(String.fromCodePoint(point - before - 1))) before += 1;
    return String(before % 10);
  });
}

/** Of what was typed or pasted the digits: of a whole sentence, its only group of six. */
export function digitsOf(text: string): string {
  const plain = withPlainDigits(text);
  const groups = plain.match(/(?<!\d)\d{3}[\s-]?\d{3}(?!\d)/g);
  return (groups?.length === 1 ? (groups[0] ?? "") : plain).replace(/\D/g, "").slice(0, 6);
}

/** The six digits of an interview code, or null. Blanks and hyphens of a copied text are dropped. */
export function interviewCode(value: string | null | undefined): string | null {
  const code = withPlainDigits((value ?? "").replace(/[\s\p{Cf}-]/gu, ""));
  return /^[0-9]{6}$/.test(code) ? code : null;
}
