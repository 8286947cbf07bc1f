import { isAnnouncedAt, notATime, trimAnnouncedAt } from "./announced-at.ts";
import { ContractError } from "./contract-error.ts";
import { encodeGoString } from "./go-string.ts";
import type { HaltIntent } from "./halt-intent.ts";

const NO_INTEGER = "is no integer within 2^53-1 of 0";

/**
 * The bytes of Go's `json.Marshal` for the same struct: the wire's order, empty fields left out, Go's escapes, the time
 * trimmed. A height of 0 and an empty text are the same as none.
 *
 * @throws {ContractError} for a value that Go could not write, or that would not arrive as it is: an integer past
 *   2^53-1, a text that is none, a time that is not RFC 3339 in UTC within the years 0000 to 9999.
 *
 * @example
 * ```ts
 * import { announcedAtNow, encodeHaltIntent, reasonToken, ShutdownReason } from "@upgrade-halt/contract";
 *
 * const reason = ShutdownReason.DowngradeDetected;
 * encodeHaltIntent({ reason, reason_string: reasonToken(reason), announced_at: announcedAtNow(Date.now) });
 * ```
 */
export function encodeHaltIntent(intent: HaltIntent): string {
  const { reason, reason_string, plan_name, height, info, announced_at } = intent;
  if (!Number.isSafeInteger(reason)) {
    throw new ContractError("invalid_reason", "reason", reason, `${NO_INTEGER}: give a ShutdownReason`);
  }
  if (height !== undefined && !Number.isSafeInteger(height)) {
    throw new ContractError("invalid_height", "height", height, `${NO_INTEGER}: give one, or leave it out`);
  }
  if (!isAnnouncedAt(announced_at)) throw notATime(announced_at);
  let json = `{"reason":${reason},"reason_string":${encodeText("reason_string", reason_string)}`;
  if (plan_name !== undefined && plan_name !== "")
    json += `,"plan_name":${encodeText("plan_name", plan_name)}`;
  if (height) json += `,"height":${height}`;
  if (info !== undefined && info !== "") json += `,"info":${encodeText("info", info)}`;
  return `${json},"announced_at":"${trimAnnouncedAt(announced_at)}"}`;
}

function encodeText(field: string, value: unknown): string {
  if (typeof value !== "string")
    throw new ContractError("invalid_text", field, value, "is no text: give a string");
  return encodeGoString(value);
}
