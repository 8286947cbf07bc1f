import { parsedObject } from "./json-object.ts";
import type { OutputLine } from "./output-line.ts";

/** An info of more lines, or characters, is not followed. */
const MOST_LINES = 400;
const MOST_CHARACTERS = 65_536;

/**
 * A token of JSON that tells where an object ends, a string also where its line ends it: looked for from each quote on, its end
 * would take the square of a line's length.
 */
const TOKEN = /"(?:[^"\\]|\\.)*("?)|[{}[\]]/g;
/** What a line of JSON begins with, and no logger's line, of which there may be as many as begin an info. */
const BEGIN_OF_JSON =
  /^\s*(?:[{}\]",:]|\[\s*(?:[[\]{",\d-]|true|false|null|$)|-?\d[\d.eE+-]*\s*(?:[,\]}]|$)|true|false|null|$)/;

/** Where an info that is a JSON object ends. */
export interface EndOfInfo {
  /** Index of the line. */
  readonly at: number;
  /** What the line has after it. */
  readonly rest: string;
}

/**
 * The end of the JSON object that an info begins with, be it in a later line: `begin` is what the line at `from` has of the
 * info. What a supervisor says between is no part of it. `undefined` where the info begins with no whole object.
 */
export function endOfJsonInfo(
  begin: string,
  lines: readonly OutputLine[],
  from: number,
): EndOfInfo | undefined {
  let depth = 0;
  let isBegun = false;
  let length = 0;
  const before: string[] = [];
  for (let at = from; at < lines.length && at - from < MOST_LINES; at += 1) {
    const { text: whole = "", isSupervisors } = lines[at] ?? {};
    const text = at === from ? begin : whole;
    if (isSupervisors || length + text.length > MOST_CHARACTERS || !BEGIN_OF_JSON.test(text))
      return undefined;
    if (!isBegun && text.trim() !== "" && !text.trimStart().startsWith("{")) return undefined;
    isBegun ||= text.trim() !== "";
    for (const { 0: token, 1: quote, index } of text.matchAll(TOKEN)) {
      // No string spans lines: JSON writes a line break as `\\n`.
      if (quote === "") return undefined;
      if (token === "{" || token === "[") depth += 1;
      else if (token === "}" || token === "]") depth -= 1;
      if (depth > 0 || token.startsWith('"')) continue;
      const end = index + token.length;
      const object = parsedObject([...before, text.slice(0, end)].join("\n").trimStart());
      return object && { at, rest: text.slice(end) };
    }
    before.push(text);
    length += text.length + 1;
  }
  return undefined;
}
