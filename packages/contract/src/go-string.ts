const ESCAPED_BY_GO_ALONE = /[<>&\u2028\u2029]/;
const EACH_ESCAPED_BY_GO_ALONE = /[<>&\u2028\u2029]/g;
const LONE_SURROGATE = /(?<![\ud800-\udbff])[\udc00-\udfff]|[\ud800-\udbff](?![\udc00-\udfff])/;

/**
 * A string as Go's `encoding/json` writes it (`appendString` with HTML escaping, Go 1.22 and later), quotes included.
 * `JSON.stringify` agrees on all but `<`, `>`, `&`, U+2028 and U+2029. A lone surrogate stands for bytes that are no
 * UTF-8, which Go writes as the escape `\ufffd`; a real U+FFFD stays raw.
 */
export function encodeGoString(text: string): string {
  if (text.isWellFormed()) return encodeWellFormed(text);
  const parts = text.split(LONE_SURROGATE).map((part) => encodeWellFormed(part).slice(1, -1));
  return `"${parts.join("\\ufffd")}"`;
}

function encodeWellFormed(text: string): string {
  const json = JSON.stringify(text);
  return ESCAPED_BY_GO_ALONE.test(json) ? json.replace(EACH_ESCAPED_BY_GO_ALONE, escapeUnit) : json;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
