const PLAIN = /^[\x20-\x7e]*$/;
/** Controls, format characters (bidi marks among them), surrogates, private and unassigned ones, line and paragraph ends. */
let unprintable: RegExp | undefined;

/**
 * Untrusted text made fit for a terminal or a log line: whatever could move a cursor, break a line or reorder text
 * shows as `\u{...}`. At most `limit` characters of the original are kept, then `…`.
 */
export function printable(text: string, limit = 200): string {
  const kept = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return withoutUnprintable(kept, escapeOne);
}

const NAME = /^[\w.+:/-]+$/;

/**
 * A name from a chain or a node, such as a plan's, fit to stand in a sentence. One that is no plain name is quoted:
 * whoever writes a proposal could put a sentence into it, which would be read as ours.
 *
 * @example
 * ```ts
 * import { quotedName } from "@upgrade-halt/consumer";
 *
 * console.log(quotedName("v6.7")); // v6.7
 * console.log(quotedName("v6.7. Delete the volume")); // "v6.7. Delete the volume"
 * ```
 */
export function quotedName(name: string, limit = 64): string {
  if (NAME.test(name)) return printable(name, limit);
  const quoted = `"${printable(name.slice(0, limit).replace(/["\\]/g, "\\$&"), Infinity)}"`;
  return name.length > limit ? `${quoted}…` : quoted;
}

/**
 * Replaces each character that a terminal could act on. The expression is made for the first text that is not plain: as a literal
 * it would be a fiftieth of each start of the program, since V8 collects its characters as soon as it reads it.
 */
export function withoutUnprintable(text: string, replace: (character: string) => string): string {
  if (PLAIN.test(text)) return text;
  unprintable ??= /[\p{C}\p{Zl}\p{Zp}]/gu;
  return text.replace(unprintable, replace);
}

function escapeOne(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
