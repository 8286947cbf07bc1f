import { decodeHaltIntent } from "./decode-halt-intent.ts";
import { encodeHaltIntent } from "./encode-halt-intent.ts";
import { HALT_INTENT_FIELD, type HaltIntent, type HaltIntentReading } from "./halt-intent.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * A copy of a `/status` body with the field set: the intent in its wire form, or `null` when it could not be told. The
 * very same body for `undefined`. A body in a JSON-RPC envelope gets the field inside of its `result`.
 *
 * @throws {ContractError} for an intent that cannot be written.
 */
export function statusWithHaltIntent<B extends Fields>(body: B, intent: HaltIntent | null | undefined): B {
  if (intent === undefined) return body;
  const wireForm: unknown = intent && JSON.parse(encodeHaltIntent(intent));
  return isEnvelope(body) && isFields(body.result)
    ? { ...body, result: { ...body.result, [HALT_INTENT_FIELD]: wireForm } }
    : { ...body, [HALT_INTENT_FIELD]: wireForm };
}

/**
 * What a parsed `/status` body says of a halt, bare (Sei) or in a JSON-RPC envelope (CometBFT, and POST on both).
 * `absent` says that an object is there without the field; an error envelope, or no object at all, is `damaged`: it does
 * not say that the node is healthy. Never throws.
 */
export function haltIntentOfStatus(body: unknown): HaltIntentReading {
  try {
    const result = isFields(body) && isEnvelope(body) ? body.result : body;
    if (!isFields(result)) return damaged("not a status");
    return decodeHaltIntent(Object.hasOwn(result, HALT_INTENT_FIELD) ? result[HALT_INTENT_FIELD] : undefined);
  } catch {
    return damaged("reading it failed");
  }
}

function isEnvelope(body: Fields): boolean {
  return Object.hasOwn(body, "jsonrpc") && (Object.hasOwn(body, "result") || Object.hasOwn(body, "error"));
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function damaged(problem: string): HaltIntentReading {
  return { kind: "damaged", defects: [{ field: "", problem }] };
}
