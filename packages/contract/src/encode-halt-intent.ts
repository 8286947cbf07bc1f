import { ANNOUNCED_AT_PATTERN, trimAnnouncedAt } from "./announced-at.ts";
import { ContractError } from "./contract-error.ts";
import { encodeGoString } from "./go-string.ts";
import type { HaltIntent } from "./halt-intent.ts";

/**
 * The bytes of Go's `json.Marshal` for the same struct: the wire's order, empty fields left out, Go's escapes, the time
 * trimmed. A height of 0 and an empty text are the same as none.
 *
 * @throws {ContractError} for a value that Go could not write, or that would not arrive as it is: an integer past
 *   2^53-1, a text that is none, a time that is not RFC 3339 in UTC within the years 0000 to 9999.
 */
export function encodeHaltIntent(intent: HaltIntent): string {
  const { reason, reason_string, plan_name, height, info, announced_at } = intent;
  if (!Number.isSafeInteger(reason)) {
    throw new ContractError("invalid_reason", "reason", reason, "is no integer up to 2^53-1");
  }
  if (height !== undefined && !Number.isSafeInteger(height)) {
    throw new ContractError("invalid_height", "height", height, "is no integer up to 2^53-1");
  }
  if (typeof announced_at !== "string" || !ANNOUNCED_AT_PATTERN.test(announced_at)) {
    const problem = "is no RFC 3339 time in UTC within the years 0000-9999";
    throw new ContractError("invalid_announced_at", "announced_at", announced_at, problem);
  }
  let json = `{"reason":${reason},"reason_string":${encodeText("reason_string", reason_string)}`;
  if (plan_name !== undefined && plan_name !== "")
    json += `,"plan_name":${encodeText("plan_name", plan_name)}`;
  if (height) json += `,"height":${height}`;
  if (info !== undefined && info !== "") json += `,"info":${encodeText("info", info)}`;
  return `${json},"announced_at":"${trimAnnouncedAt(announced_at)}"}`;
}

function encodeText(field: string, value: unknown): string {
  if (typeof value !== "string") throw new ContractError("invalid_text", field, value, "is no text");
  return encodeGoString(value);
}
