import { LineJoiner, type Piece } from "./line-joiner.ts";
import { firstLine, goesOnAfter, writerOf } from "./line-records.ts";
import type { OutputLine, Transport } from "./output-line.ts";
import { micros } from "./times.ts";

const FIELD = /^(_{0,2}[A-Z][A-Z0-9_]*)(?:=(.*))?$/s;
/** journald writes a text that is no plain line as its length, eight bytes, and its bytes. */
const LENGTH_BYTES = 8;
const LONGEST_VALUE = 1_048_576;
/** Bytes that are no UTF-8 are lost, and two that are a character by chance are one. */
const LENGTH = /^(?:[\u0000-\u007f\ufffd]{8}|[^\u0000-\u007f]\u0000{6})/;
const ASCII = /^[\u0000-\u007f]{8}$/;

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

/** `damaged` where it is no entry of a journal: a lone MESSAGE may be anybody's. */
function pieceOf(entry: ReadonlyMap<string, string>): Piece | "damaged" | undefined {
  if (entry.size === 0) return undefined;
  if (entry.size === 1) return "damaged";
  const text = entry.get("MESSAGE");
  if (text === undefined) return undefined;
  const at = micros(entry.get("__REALTIME_TIMESTAMP"));
  return {
    ...{ text: firstLine(text), at, ...writerOf((name) => entry.get(name)) },
    stream: entry.get("_STREAM_ID"),
    goesOn: goesOnAfter(entry.get("_LINE_BREAK")),
  };
}

/**
 * A value with its length before it. Where bytes were lost on the way here, or the length leads nowhere, it ends with its line.
 */
function binaryValue(
  lines: readonly OutputLine[],
  first: number,
): { readonly value: string; readonly last: number } | undefined {
  let begin = lines[first]?.text ?? "";
  let from = first;
  // A byte of the length may be a line feed itself.
  while (begin.length < LENGTH_BYTES && from + 1 < lines.length) {
    from += 1;
    begin += `\n${lines[from]?.text ?? ""}`;
  }
  const [lengthBytes] = LENGTH.exec(begin) ?? [];
  if (lengthBytes === undefined) return undefined;
  const value = begin.slice(lengthBytes.length);
  if (!ASCII.test(lengthBytes)) return { value, last: from };
  const length = littleEndian(lengthBytes);
  let bytes = Buffer.byteLength(value);
  for (let last = from; bytes <= length && length <= LONGEST_VALUE; last += 1) {
    if (bytes === length)
      return { value: [value, ...lines.slice(from + 1, last + 1).map(({ text }) => text)].join("\n"), last };
    if (last + 1 >= lines.length) break;
    bytes += 1 + Buffer.byteLength(lines[last + 1]?.text ?? "");
  }
  return { value, last: from };
}

function littleEndian(bytes: string): number {
  return [...bytes].reduceRight((sum, byte) => sum * 256 + byte.charCodeAt(0), 0);
}
