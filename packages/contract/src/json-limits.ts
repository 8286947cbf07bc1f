import { Buffer } from "node:buffer";

/** What `parseHaltIntent` takes at most, so that reading is short whatever a body holds. */
export const PARSE_LIMITS = {
  /** Bytes, of a text in UTF-8. */
  length: 262_144,
  /**
   * Opening brackets outside of strings. As every level of nesting opens one, this bounds the depth too, to what Go's
   * `encoding/json` takes (its `maxNestingDepth`).
   */
  brackets: 10_000,
  /** Commas outside of strings: like brackets, their number, not the length, makes a text slow to read. */
  commas: 10_000,
} as const;

/** No shorter text has that many. */
const SHORTEST = Math.min(PARSE_LIMITS.brackets, PARSE_LIMITS.commas);

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** Whether a text is longer in UTF-8 than is read. No code unit takes more than three bytes. */
export function isTooLong(text: string): boolean {
  return text.length * 3 > PARSE_LIMITS.length && Buffer.byteLength(text) > PARSE_LIMITS.length;
}

/** What a JSON text has too many of, if any. One pass, no recursion; a text that is no JSON has any answer. */
export function excessOf(text: string): "brackets" | "commas" | undefined {
  if (text.length <= SHORTEST) return undefined;
  let brackets = 0;
  let commas = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === COMMA && ++commas > PARSE_LIMITS.commas) return "commas";
    else if (isOpening(code) && ++brackets > PARSE_LIMITS.brackets) return "brackets";
  }
  return undefined;
}

function isOpening(code: number): boolean {
  return code === 0x5b || code === 0x7b;
}

/** Where the string that starts at `start` has its closing quote. Unit by unit: some are nothing but quotes. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) break;
    if (code === BACKSLASH) at++;
  }
  return at;
}
