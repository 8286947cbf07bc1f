const LONE_SURROGATE = /\p{Surrogate}/u;
const HTML_AND_LINES = /[<>&\u2028\u2029]/g;

/**
 * A JSON string as Go's `encoding/json` writes it: `<`, `>`, `&`, U+2028 and U+2029 as escapes, each lone surrogate as
 * U+FFFD's. The rest is what `JSON.stringify` does.
 */
export function encodeGoString(text: string): string {
  const parts = text.split(LONE_SURROGATE).map((part) => JSON.stringify(part).slice(1, -1));
  const escaped = parts.join("\\ufffd").replace(HTML_AND_LINES, escapeUnit);
  return `"${escaped}"`;
}

function escapeUnit(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
