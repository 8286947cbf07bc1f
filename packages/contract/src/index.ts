/**
 * Every number, name and byte that a halting chain node and its supervisor must agree on: exit codes, the intent on
 * `/status`, and their codec.
 *
 * @module
 */
export { announcedAtNow, compareAnnouncedAt } from "./announced-at.ts";
export {
  type ExitCodeMeaning,
  exitCode,
  type HaltReason,
  parseExitCode,
  parseReasonToken,
  type ReasonToken,
  ReservedRange,
  reasonToken,
  ShutdownReason,
} from "./codes.ts";
export { ContractError, type ContractErrorCode } from "./contract-error.ts";
export { decodeHaltIntent } from "./decode-halt-intent.ts";
export { encodeHaltIntent } from "./encode-halt-intent.ts";
export {
  type Defect,
  HALT_INTENT_FIELD,
  type HaltIntent,
  type HaltIntentReading,
  type ReceivedHaltIntent,
  type RecognisedHaltIntent,
} from "./halt-intent.ts";
export { HaltIntentSchema } from "./halt-intent-schema.ts";
export { PARSE_LIMITS } from "./json-limits.ts";
export { parseHaltIntent, withoutMangledTexts } from "./parse-halt-intent.ts";
export { haltIntentOfStatus, statusWithHaltIntent } from "./status-body.ts";
