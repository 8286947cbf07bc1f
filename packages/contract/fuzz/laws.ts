/** What holds of every reading, whatever was read. */
import assert from "node:assert/strict";
import { parseExitCode } from "../src/codes.ts";
import { decodeHaltIntent } from "../src/decode-halt-intent.ts";
import type { HaltIntent, HaltIntentReading, ReceivedHaltIntent } from "../src/halt-intent.ts";
import { HaltIntentSchema } from "../src/halt-intent-schema.ts";
import { parseHaltIntent } from "../src/parse-halt-intent.ts";
import { haltIntentOfStatus, statusWithHaltIntent } from "../src/status-body.ts";
import { HALT_INTENT_FIELDS } from "../src/wire-fields.ts";

const SCHEMA = HaltIntentSchema.def.innerType.partial().required({ reason: true }).strict();
const FIELDS: ReadonlySet<string> = new Set(["", ...HALT_INTENT_FIELDS.map(({ name }) => name)]);
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @throws an AssertionError that names the law that reading these bytes broke. */
export function checkBody(body: Uint8Array): void {
  const reading = parseHaltIntent(body);
  checkReading(reading);
  const text = textOf(body);
  if (text === undefined) return;
  assert.deepEqual(parseHaltIntent(text), reading, "text reads as its bytes do");
  const value = parsed(text);
  if (value !== undefined) assert.deepEqual(decodeHaltIntent(value), reading, "parsed reads as unparsed");
}

/** @throws an AssertionError that names the law that decoding this value broke. */
export function checkValue(value: unknown): void {
  const reading = decodeHaltIntent(value);
  checkReading(reading);
  const bare = { halt_intent: value };
  for (const status of [bare, { jsonrpc: "2.0", id: -1, result: bare }]) {
    assert.deepEqual(haltIntentOfStatus(status), reading, "a status carries an intent unchanged");
  }
  for (const status of [value, { jsonrpc: "2.0", result: value }, { jsonrpc: "2.0", error: value }]) {
    checkReading(haltIntentOfStatus(status));
  }
  assert.notEqual(
    haltIntentOfStatus({ code: 1, message: value }).kind,
    "absent",
    "an error is no healthy node",
  );
  checkReading(parseHaltIntent(value as Uint8Array));
}

function checkReading(reading: HaltIntentReading): void {
  if (reading.kind === "absent" || reading.kind === "unavailable") return;
  for (const { field, problem } of reading.defects) {
    assert.ok(FIELDS.has(field), "a defect names a field, or the whole");
    assert.ok(problem !== "" && problem.length < 100, "a defect says shortly what is wrong");
  }
  if (reading.kind === "damaged") assert.notEqual(reading.defects.length, 0, "damage is named");
  else {
    checkIntent(reading.intent);
    const isKnown = parseExitCode(reading.intent.reason).kind === "reason";
    assert.equal(reading.unrecognised === undefined, isKnown, "a reason is known, or unrecognised");
  }
}

function checkIntent(intent: ReceivedHaltIntent): void {
  assert.ok(SCHEMA.safeParse(intent).success, "every field that is kept satisfies its schema");
  assert.equal(Object.getPrototypeOf(intent), Object.prototype, "an intent is a plain object");
  assert.notEqual(intent.reason, 0, "an intent has a reason");
  const whole: HaltIntent = { reason_string: "", announced_at: "2026-08-21T17:59:41.12Z", ...intent };
  const expected = { ...intent, announced_at: whole.announced_at };
  const error = { jsonrpc: "2.0", id: 1, error: {} };
  assert.equal(statusWithHaltIntent(error, whole), error, "an error has no place for an intent");
  for (const body of [{}, { jsonrpc: "2.0", id: 1, result: {} }]) {
    assert.equal(statusWithHaltIntent(body, undefined), body, "a healthy status is left alone");
    const halted = statusWithHaltIntent(body, whole);
    assert.deepEqual(statusWithHaltIntent(halted, undefined), body, "an intent leaves nothing behind");
    const again = haltIntentOfStatus(halted);
    assert.deepEqual(
      again.kind === "intent" && again.intent,
      expected,
      "what was read can be written and read again",
    );
  }
}

function textOf(body: Uint8Array): string | undefined {
  try {
    return strict.decode(body);
  } catch {
    return undefined;
  }
}

function parsed(text: string): unknown {
  if (text.length > 10_000) return undefined; // Beyond the parser's limits they may differ.
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
