import { parsedObject } from "./json-object.ts";
import type { OutputLine } from "./output-line.ts";

/** An info of more lines, or characters, is not followed. */
const MOST_LINES = 400;
const MOST_CHARACTERS = 65_536;

/** A token of JSON that tells where an object ends. No string spans lines: JSON writes a line break as `\\n`. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]]/g;
/** What a line of JSON begins with. */
const BEGIN_OF_JSON = /^\s*(?:[{}[\]",:\d-]|true|false|null|$)/;

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
  let before = "";
  for (let at = from; at < lines.length && at - from < MOST_LINES; at += 1) {
    const { text: whole = "", isSupervisors } = lines[at] ?? {};
    const text = at === from ? begin : whole;
    if (isSupervisors || before.length + text.length > MOST_CHARACTERS || !BEGIN_OF_JSON.test(text))
      return undefined;
    if (before.trim() === "" && text.trim() !== "" && !text.trimStart().startsWith("{")) return undefined;
    for (const { 0: token, index } of text.matchAll(TOKEN)) {
      if (token === "{" || token === "[") depth += 1;
      else if (token === "}" || token === "]") depth -= 1;
      if (depth > 0 || token.startsWith('"')) continue;
      const end = index + token.length;
      const object = parsedObject((before + text.slice(0, end)).trimStart());
      return object && { at, rest: text.slice(end) };
    }
    before += `${text}\n`;
  }
  return undefined;
}
