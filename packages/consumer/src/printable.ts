const PLAIN = /^[\x20-\x7e]*$/;
// Controls, format characters (bidi marks among them), surrogates, private and unassigned ones, line and paragraph ends.
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Untrusted text made fit for a terminal or a log line: whatever could move a cursor, break a line or reorder text
 * shows as `\u{...}`. At most `limit` characters of the original are kept, then `…`.
 */
export function printable(text: string, limit = 200): string {
  const kept = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return PLAIN.test(kept) ? kept : kept.replace(UNPRINTABLE, escapeOne);
}

function escapeOne(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
