import { isUint8Array } from "node:util/types";
import { decodeHaltIntent } from "./decode-halt-intent.ts";
import type { Defect, HaltIntentReading, RecognisedHaltIntent } from "./halt-intent.ts";
import { excessOf, isTooLong, PARSE_LIMITS } from "./json-limits.ts";

// Go takes a byte order mark for damage, and so does JSON.parse once the decoder leaves it in.
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * What the JSON of a `halt_intent`, as text or UTF-8 bytes, says: what `decodeHaltIntent` makes of it once parsed. Never
 * throws. What is no JSON, or exceeds {@link PARSE_LIMITS}, is damaged. Bytes that are no UTF-8 damage the texts that
 * they stand in, not the halt.
 *
 * @example
 * ```ts
 * import { parseHaltIntent } from "@upgrade-halt/contract";
 *
 * const reading = parseHaltIntent('{"reason":70,"plan_name":"v6.7","height":"240000000"}');
 * if (reading.kind === "intent") console.log(reading.intent.height); // 240000000, a number
 * ```
 */
export function parseHaltIntent(json: string | Uint8Array): HaltIntentReading {
  if (typeof json === "string") return isTooLong(json) ? damaged(beyond("length")) : parseText(json);
  if (!isUint8Array(json)) return damaged("neither text nor bytes");
  if (json.byteLength > PARSE_LIMITS.length) return damaged(beyond("length"));
  let text: string;
  try {
    text = strict.decode(json);
  } catch {
    return parseMangled(json);
  }
  return parseText(text);
}

function parseText(text: string): HaltIntentReading {
  const excess = excessOf(text);
  if (excess !== undefined) return damaged(beyond(excess));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return damaged("not JSON");
  }
  return decodeHaltIntent(value);
}

const NOT_UTF8 = "not UTF-8";
const REPLACED = "\ufffd";

/** Bytes that are no UTF-8 are read as U+FFFD, so that a text with none of those is whole. */
function parseMangled(bytes: Uint8Array): HaltIntentReading {
  const reading = withoutMangledTexts(parseText(lenient.decode(bytes)));
  return reading.kind === "intent" ? reading : damaged(NOT_UTF8);
}

/**
 * A reading of text that was decoded from bytes which are no UTF-8, each of them read as U+FFFD: an intent loses the texts
 * that hold one, and has the whole as a defect. Any other reading comes back as it is.
 */
export function withoutMangledTexts(reading: HaltIntentReading): HaltIntentReading {
  if (reading.kind !== "intent") return reading;
  const defects: Defect[] = [{ field: "", problem: NOT_UTF8 }, ...reading.defects];
  const whole = Object.entries(reading.intent).filter(([field, value]) => {
    const isWhole = typeof value !== "string" || !value.includes(REPLACED);
    if (!isWhole) defects.push({ field, problem: NOT_UTF8 });
    return isWhole;
  });
  return { ...reading, intent: Object.fromEntries(whole) as RecognisedHaltIntent, defects };
}

function damaged(problem: string): HaltIntentReading {
  return { kind: "damaged", defects: [{ field: "", problem }] };
}

function beyond(limit: keyof typeof PARSE_LIMITS): string {
  return `more than ${PARSE_LIMITS[limit]} ${limit === "length" ? "bytes" : limit}`;
}
