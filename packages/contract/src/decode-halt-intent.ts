import { readAnnouncedAt } from "./announced-at.ts";
import {
  type ExitCodeMeaning,
  parseExitCode,
  parseReasonToken,
  reasonToken,
  ShutdownReason,
} from "./codes.ts";
import type { Defect, HaltIntentReading, ReceivedHaltIntent, RecognisedHaltIntent } from "./halt-intent.ts";
import { hasOwnFieldsAlone, ownFields } from "./own-fields.ts";
import type { FieldName } from "./wire-fields.ts";

const CANONICAL_DECIMAL = /^(?:0|-?[1-9]\d{0,15})$/;

/**
 * What a parsed `halt_intent` says. A readable reason makes an intent; any other field that does not fit is dropped and
 * named among the defects. Names are matched exactly, unknown fields are ignored, `null` reads as absent, and so do 0
 * and the empty string, as Go omits them. Total: never throws, reads own properties alone, follows nothing into depth.
 */
export function decodeHaltIntent(input: unknown): HaltIntentReading {
  if (input === undefined) return { kind: "absent" };
  if (input === null) return { kind: "unavailable" };
  try {
    if (typeof input === "object" && !Array.isArray(input)) return readObject(input);
  } catch {
    // A revoked proxy.
  }
  return { kind: "damaged", defects: [{ field: "", problem: "not an object" }] };
}

function readObject(input: object): HaltIntentReading {
  try {
    if (hasOwnFieldsAlone(input)) return readFields(input, {}, []);
  } catch {
    // A getter threw; which one, the slower way tells.
  }
  const defects: Defect[] = [];
  const draft: Draft = Object.create(null);
  const reading = readFields(ownFields(input, defects), draft, defects);
  Object.setPrototypeOf(draft, Object.prototype);
  return reading;
}

type Fields = { readonly [Field in FieldName]?: unknown };
type Draft = { -readonly [Field in FieldName]?: ReceivedHaltIntent[Field] };

/** The intent is built in `draft`, which inherits nothing that an assignment could run into. */
function readFields(fields: Fields, draft: Draft, defects: Defect[]): HaltIntentReading {
  const { reason_string, plan_name, height, info, announced_at } = fields;
  const reason = integer("reason", fields.reason, defects);
  if (reason === undefined || reason === ShutdownReason.Unknown) {
    if (!defects.some(({ field }) => field === "reason")) {
      defects.push({ field: "reason", problem: "no reason to halt" });
    }
    return { kind: "damaged", defects };
  }
  const meaning = parseExitCode(reason);
  draft.reason = reason;
  const token = tokenOf(meaning, reason_string, defects);
  if (token) draft.reason_string = token;
  const plan = text("plan_name", plan_name, defects);
  if (plan) draft.plan_name = plan;
  const at = integer("height", height, defects);
  if (at) draft.height = at;
  const note = text("info", info, defects);
  if (note) draft.info = note;
  const announced = time("announced_at", announced_at, defects);
  if (announced) draft.announced_at = announced;
  const intent = draft as RecognisedHaltIntent;
  if (meaning.kind === "reason") return { kind: "intent", intent, defects };
  const unrecognised = meaning.kind === "reserved" ? meaning.range : "outside";
  return { kind: "intent", intent, unrecognised, defects };
}

function integer(field: FieldName, value: unknown, defects: Defect[]): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = typeof value === "string" && CANONICAL_DECIMAL.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number)) return number;
  const problem = "neither an integer within 2^53-1 of 0 nor one as a canonical decimal string";
  defects.push({ field, problem });
  return undefined;
}

/** A lone surrogate reads as U+FFFD, as in Go. */
function text(field: FieldName, value: unknown, defects: Defect[]): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value.isWellFormed() ? value : value.toWellFormed();
  defects.push({ field, problem: "not a string" });
  return undefined;
}

function time(field: FieldName, value: unknown, defects: Defect[]): string | undefined {
  if (value === undefined || value === null) return undefined;
  const read = readAnnouncedAt(value);
  if (read === undefined)
    defects.push({ field, problem: "not an RFC 3339 time with at most nine fraction digits" });
  return read;
}

/**
 * The token of the reason, or another writer's words for it: upstream fixes no text. Only the token of another reason
 * contradicts: one of the two is damaged then, and nobody knows which.
 */
function tokenOf(meaning: ExitCodeMeaning, value: unknown, defects: Defect[]): string | undefined {
  const expected = meaning.kind === "reason" ? reasonToken(meaning.reason) : undefined;
  if (value === expected) return expected;
  const token = text("reason_string", value, defects);
  if (!token || parseReasonToken(token) === undefined) return token;
  defects.push({ field: "reason_string", problem: "the token of another reason" });
  return undefined;
}
