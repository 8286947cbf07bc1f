/** What differs in the text that `JSON.stringify` makes; escapes are matched whole, so that none is taken apart. */
const DIFFERENCES = /\\u(d[89a-f][0-9a-f]{2})|\\.|[<>&\u2028\u2029]/g;

/**
 * A value as Go's `encoding/json` writes it, which is what `JSON.stringify` writes but for `<`, `>`, `&`, U+2028 and
 * U+2029, here escapes, and each lone surrogate, here the escape of U+FFFD.
 */
export function goJson(value: object | string): string {
  return JSON.stringify(value).replace(DIFFERENCES, (found: string, surrogate?: string) => {
    if (surrogate !== undefined) return "\\ufffd";
    return found.startsWith("\\") ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
