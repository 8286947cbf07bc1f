import { Buffer } from "node:buffer";
import { isUint8Array } from "node:util/types";
import { decodeHaltIntent } from "./decode-halt-intent.ts";
import type { Defect, HaltIntentReading } from "./halt-intent.ts";
import { exceededLimit, PARSE_LIMITS } from "./json-limits.ts";

// Go takes a byte order mark for damage, and so does JSON.parse once the decoder leaves it in.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * What the JSON of a `halt_intent`, as text or UTF-8 bytes, says: what `decodeHaltIntent` makes of it once parsed. Never
 * throws. What is no JSON, or exceeds {@link PARSE_LIMITS}, is damaged. Bytes that are no UTF-8 damage the texts that
 * they may be in, not the halt.
 */
export function parseHaltIntent(json: string | Uint8Array): HaltIntentReading {
  if (typeof json === "string") return parseText(json);
  if (!isUint8Array(json)) return damaged("neither text nor bytes");
  if (json.byteLength > PARSE_LIMITS.length) return damaged(beyond("length"));
  let text: string;
  try {
    text = utf8.decode(json);
  } catch {
    return parseMangled(json);
  }
  return parseText(text);
}

function parseText(text: string): HaltIntentReading {
  const limit = exceededLimit(text);
  if (limit !== undefined) return damaged(beyond(limit));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return damaged("not JSON");
  }
  return decodeHaltIntent(value);
}

const NOT_UTF8 = "not UTF-8";
const ASCII = /^[\0-\x7f]*$/;

/** Of bytes that are no UTF-8, only what is ASCII is sure. */
function parseMangled({ buffer, byteOffset, byteLength }: Uint8Array): HaltIntentReading {
  const reading = parseText(Buffer.from(buffer, byteOffset, byteLength).toString("latin1"));
  if (reading.kind !== "intent") return damaged(NOT_UTF8);
  const defects: Defect[] = [{ field: "", problem: NOT_UTF8 }, ...reading.defects];
  const { reason, ...others } = reading.intent;
  const kept = Object.entries(others).filter(([field, value]) => {
    const sure = ASCII.test(String(value));
    if (!sure) defects.push({ field, problem: NOT_UTF8 });
    return sure;
  });
  return { ...reading, intent: { reason, ...Object.fromEntries(kept) }, defects };
}

function damaged(problem: string): HaltIntentReading {
  return { kind: "damaged", defects: [{ field: "", problem }] };
}

function beyond(limit: keyof typeof PARSE_LIMITS): string {
  return `more than ${PARSE_LIMITS[limit]} ${limit === "length" ? "bytes" : limit}`;
}
