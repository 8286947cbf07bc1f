/** What differs between the two languages in one case; `undefined` where nothing does. */
import { encodeHaltIntent } from "../src/encode-halt-intent.ts";
import type { HaltIntent } from "../src/halt-intent.ts";
import { parseHaltIntent } from "../src/parse-halt-intent.ts";
import { type IntentInput, textOf } from "../src/vectors.ts";
import { HALT_INTENT_FIELDS } from "../src/wire-fields.ts";

/** What Go's half says: of an intent, or of a body. */
export interface Answer {
  readonly input?: IntentInput;
  readonly output?: string;
  readonly error?: string;
  readonly valid?: boolean;
  readonly reads?: Readonly<Record<string, string | number>>;
}

function intentOf({ plan_name_utf16, info_utf16, ...rest }: IntentInput): HaltIntent {
  return { ...rest, plan_name: textOf(plan_name_utf16), info: textOf(info_utf16) };
}

/** What differs when TypeScript writes the intent that Go wrote as `answer`. */
export function differenceInWriting(input: IntentInput, answer: Answer): string | undefined {
  const written = encodeHaltIntent(intentOf(input));
  return written === answer.output
    ? undefined
    : `TypeScript writes ${written}\nGo writes         ${answer.output ?? answer.error}`;
}

/** What differs when TypeScript reads what Go wrote of its own intent. */
export function differenceInReading({ input, output }: Answer): string | undefined {
  if (input === undefined || output === undefined) return "Go could not write its own intent";
  const { plan_name, height, info, ...rest } = intentOf(input);
  const expected = {
    ...rest,
    plan_name: plan_name?.toWellFormed() || undefined,
    height: height || undefined,
    info: info?.toWellFormed() || undefined,
  };
  const reading = parseHaltIntent(output);
  if (reading.kind !== "intent" || reading.defects.length > 0)
    return `${output} reads as ${JSON.stringify(reading)}`;
  for (const [field, value] of Object.entries(expected)) {
    const read = reading.intent[field as keyof HaltIntent];
    if (read !== value)
      return `${output}: ${field} reads as ${JSON.stringify(read)}, Go has ${JSON.stringify(value)}`;
  }
  const again = encodeHaltIntent({ ...rest, ...reading.intent });
  // Go escapes the byte that stands for a lone surrogate; read and written again it is a raw U+FFFD.
  const bytes = output.replaceAll(/(?<!\\)((?:\\\\)*)\\ufffd/g, "$1\ufffd");
  return again === bytes ? undefined : `${output} is written again as ${again}`;
}

/** What differs between what both read of a body, apart from the differences that docs/protocol.md has rules for. */
export function differenceOfReaders(body: Uint8Array, { valid, reads }: Answer): string | undefined {
  const reading = parseHaltIntent(body);
  const text = Buffer.from(body).toString();
  const told = `${JSON.stringify(text)} reads as ${JSON.stringify(reading)}, in Go as ${JSON.stringify(reads)}`;
  const whole = "defects" in reading ? reading.defects.find(({ field }) => field === "")?.problem : undefined;
  if (!valid && (reading.kind !== "damaged" || whole === undefined)) return `no JSON to Go: ${told}`;
  if (valid && whole === "not JSON") return `JSON to Go: ${told}`;
  if (reads === undefined || reading.kind !== "intent" || hasNamesakes(text)) return undefined;
  const dropped = new Set(reading.defects.map(({ field }) => field));
  for (const { name, type } of HALT_INTENT_FIELDS) {
    const none = { int: 0, int64: 0, string: "", time: "0001-01-01T00:00:00Z" }[type];
    const value = reading.intent[name] ?? none;
    const same =
      type === "time"
        ? isSameTime(String(value), String(reads[name]))
        : String(value) === String(reads[name]);
    if (!dropped.has(name) && !same) return `${name}: ${told}`;
  }
  return undefined;
}

/** Whether two RFC 3339 times of any offset are the same to the last fraction digit. */
function isSameTime(a: string, b: string): boolean {
  const [left, right] = [a, b].map((time) => {
    const fraction = /\.(\d+)/.exec(time)?.[1] ?? "";
    return { seconds: Date.parse(time.replace(/\.\d+/, "")), fraction: fraction.replace(/0+$/, "") };
  });
  return left?.seconds === right?.seconds && left?.fraction === right?.fraction;
}

const NAMES: ReadonlySet<string> = new Set(HALT_INTENT_FIELDS.map(({ name }) => name));

/** Whether a name of the wire stands there twice, or in a spelling that only Go takes for it. */
function hasNamesakes(text: string): boolean {
  const written = [...text.matchAll(/("(?:[^"\\]|\\.)*")\s*:/g)].map(([, name = ""]) =>
    String(JSON.parse(name)),
  );
  const folded = written.map((name) => name.toLowerCase().replaceAll("\u017f", "s"));
  const wire = folded.filter((name) => NAMES.has(name));
  return new Set(wire).size < wire.length || folded.some((name, i) => NAMES.has(name) && name !== written[i]);
}
