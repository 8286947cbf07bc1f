import { LineJoiner, type Piece } from "./line-joiner.ts";
import { firstLine, goesOnAfter } from "./line-records.ts";
import type { OutputLine, Transport } from "./output-line.ts";
import { micros } from "./times.ts";

const FIELD = /^(_{0,2}[A-Z][A-Z0-9_]*)(?:=(.*))?$/s;
/** journald writes a text that is no plain line as its length, eight bytes, and its bytes. */
const LENGTH_BYTES = 8;
const LONGEST_VALUE = 1_048_576;
const LENGTH = /^[\u0000-\u007f\ufffd]{8}/;

/**
 * `journalctl -o export`: entries of `NAME=value` lines with an empty line after each. Of an entry its MESSAGE is the node's,
 * and the other fields tell that it is an entry at all.
 */
export const JOURNAL_EXPORT: Transport = (lines) => {
  const joiner = new LineJoiner();
  let entry = new Map<string, string>();
  for (let at = 0; at <= lines.length; at += 1) {
    const text = lines[at]?.text ?? "";
    if (text === "") {
      const piece = pieceOf(entry);
      if (piece === "damaged") return undefined;
      if (piece !== undefined) joiner.add(piece);
      entry = new Map();
      continue;
    }
    const [, name, value] = FIELD.exec(text) ?? [];
    if (name === undefined) return undefined;
    if (value !== undefined) entry.set(name, value);
    else {
      const binary = binaryValue(lines, at + 1);
      if (binary === undefined) return undefined;
      entry.set(name, binary.value);
      at = binary.last;
    }
  }
  return joiner.lines();
};

/** The messages in what `journalctl -o export` printed, a line each; with `isCut` its first entry is not whole. */
export function journalMessages(exported: string, isCut: boolean): string {
  const entries = isCut ? exported.slice(exported.indexOf("\n\n") + 2) : exported;
  const messages = JOURNAL_EXPORT(entries.split("\n").map((text) => ({ text })));
  return (messages ?? []).map(({ text }) => `${text}\n`).join("");
}

/** `damaged` where it is no entry of a journal: a lone MESSAGE may be anybody's. */
function pieceOf(entry: ReadonlyMap<string, string>): Piece | "damaged" | undefined {
  if (entry.size === 0) return undefined;
  if (entry.size === 1) return "damaged";
  const text = entry.get("MESSAGE");
  if (text === undefined) return undefined;
  const at = micros(entry.get("__REALTIME_TIMESTAMP"));
  return {
    ...{ text: firstLine(text), at, isSupervisors: entry.get("_PID") === "1" },
    stream: entry.get("_STREAM_ID"),
    goesOn: goesOnAfter(entry.get("_LINE_BREAK")),
  };
}

/** A value with its length before it. Where bytes were lost on the way here and the length leads nowhere, it ends with its line. */
function binaryValue(
  lines: readonly OutputLine[],
  first: number,
): { readonly value: string; readonly last: number } | undefined {
  const begin = lines[first]?.text ?? "";
  if (!LENGTH.test(begin)) return undefined;
  const value = begin.slice(LENGTH_BYTES);
  const length = littleEndian(begin.slice(0, LENGTH_BYTES));
  let bytes = Buffer.byteLength(value);
  for (let last = first; bytes <= length && length <= LONGEST_VALUE; last += 1) {
    if (bytes === length)
      return { value: [value, ...lines.slice(first + 1, last + 1).map(({ text }) => text)].join("\n"), last };
    if (last + 1 >= lines.length) break;
    bytes += 1 + Buffer.byteLength(lines[last + 1]?.text ?? "");
  }
  return { value, last: first };
}

function littleEndian(bytes: string): number {
  return [...bytes].reduceRight((sum, byte) => sum * 256 + byte.charCodeAt(0), 0);
}
