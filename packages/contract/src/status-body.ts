import { decodeHaltIntent } from "./decode-halt-intent.ts";
import { encodeHaltIntent } from "./encode-halt-intent.ts";
import { HALT_INTENT_FIELD, type HaltIntent, type HaltIntentReading } from "./halt-intent.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * A copy of a `/status` body with the field as its last: the intent in its wire form, or `null` when it could not be
 * told; without the field for `undefined`. In a JSON-RPC envelope the field belongs to the `result`. A body that has no
 * place for it, an envelope of an error, comes back as it is. These are values: who needs Go's bytes writes
 * `encodeHaltIntent(intent)` into the text.
 *
 * @throws {ContractError} for an intent that cannot be written.
 */
export function statusWithHaltIntent<B extends Fields>(body: B, intent: HaltIntent | null | undefined): B {
  if (!isEnvelope(body)) return withField(body, intent);
  if (!isFields(body.result)) return body;
  const result = withField(body.result, intent);
  return result === body.result ? body : { ...body, result };
}

function withField<B extends Fields>(body: B, intent: HaltIntent | null | undefined): B {
  if (intent === undefined && !Object.hasOwn(body, HALT_INTENT_FIELD)) return body;
  const { [HALT_INTENT_FIELD]: _before, ...rest } = body;
  if (intent === undefined) return rest as unknown as B;
  const wireForm: unknown = intent && JSON.parse(encodeHaltIntent(intent));
  return { ...rest, [HALT_INTENT_FIELD]: wireForm } as unknown as B;
}

/**
 * What a parsed `/status` body says of a halt, bare (Sei) or in a JSON-RPC envelope (CometBFT, and POST on both).
 * `absent` says that an object is there without the field. An error, bare or in an envelope, or no object at all is
 * `damaged`: it does not say that the node is healthy. Never throws.
 */
export function haltIntentOfStatus(body: unknown): HaltIntentReading {
  try {
    const result = isFields(body) && isEnvelope(body) ? body.result : body;
    if (!isFields(result)) return damaged("not a status");
    if (Object.hasOwn(result, HALT_INTENT_FIELD)) return decodeHaltIntent(result[HALT_INTENT_FIELD]);
    return isBareError(result) ? damaged("not a status") : { kind: "absent" };
  } catch {
    return damaged("reading it failed");
  }
}

function isEnvelope(body: Fields): boolean {
  return Object.hasOwn(body, "jsonrpc") && (Object.hasOwn(body, "result") || Object.hasOwn(body, "error"));
}

/** `{"code":-32603,"message":"Internal error",...}` is how Sei's GET answers an error. */
function isBareError(body: Fields): boolean {
  return Object.hasOwn(body, "code") && Object.hasOwn(body, "message");
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function damaged(problem: string): HaltIntentReading {
  return { kind: "damaged", defects: [{ field: "", problem }] };
}
