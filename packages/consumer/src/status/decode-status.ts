import { type HaltIntentReading, haltIntentOfStatus } from "@upgrade-halt/contract";
import type { NodeStatus, StatusEnvelope } from "../evidence.ts";

/** What a parsed body of `/status` turned out to be. */
export type DecodedStatus =
  | { readonly kind: "status"; readonly envelope: StatusEnvelope; readonly node: NodeStatus }
  | { readonly kind: "rpc-error"; readonly code: number | undefined; readonly message: string }
  | { readonly kind: "not-a-status"; readonly problem: string };

/**
 * Reads a parsed body, bare or in a JSON-RPC envelope. A body with a halt intent is a status whatever else it lacks: no
 * halt is lost to a damaged neighbour. Any value has an answer.
 */
export function decodeStatus(body: unknown): DecodedStatus {
  if (!isRecord(body)) return { kind: "not-a-status", problem: `the body is ${nameOf(body)}, not an object` };
  const haltIntent = haltIntentOfStatus(body);
  if (!has(body, "jsonrpc")) return rpcError(body) ?? statusOf(body, haltIntent, "bare");
  const error = field(body, "error");
  if (isRecord(error)) return rpcError(error) ?? { kind: "rpc-error", code: undefined, message: "" };
  const result = field(body, "result");
  if (!isRecord(result)) return { kind: "not-a-status", problem: "the JSON-RPC envelope has no result" };
  return statusOf(result, haltIntent, "json-rpc");
}

function statusOf(body: Fields, haltIntent: HaltIntentReading, envelope: StatusEnvelope): DecodedStatus {
  const sync = field(body, "sync_info");
  const info = field(body, "node_info");
  if (!isRecord(sync) && !isRecord(info) && haltIntent.kind === "absent") {
    return { kind: "not-a-status", problem: "the object has neither sync_info nor node_info" };
  }
  return {
    kind: "status",
    envelope,
    node: {
      chainId: text(info, "network"),
      moniker: text(info, "moniker"),
      height: height(sync),
      catchingUp: flag(sync, "catching_up"),
      ...validator(body),
      haltIntent,
    },
  };
}

/** `validator_info.address`; absent from a body that has none, as `haltIntent` alone is always there. */
function validator(body: Fields): Pick<NodeStatus, "validatorAddress"> {
  const address = text(field(body, "validator_info"), "address");
  return address !== undefined && /^[0-9A-Fa-f]{40}$/.test(address)
    ? { validatorAddress: address.toUpperCase() }
    : {};
}

/** Sei's GET answers an error bare: `{"code":-32603,"message":"...","data":"..."}`. */
function rpcError(body: Fields): DecodedStatus | undefined {
  const code = field(body, "code");
  const message = field(body, "message");
  if (typeof code !== "number" || typeof message !== "string") return undefined;
  const data = field(body, "data");
  return { kind: "rpc-error", code, message: typeof data === "string" ? `${message}: ${data}` : message };
}

/** Sei and CometBFT write heights as decimal strings, without zeros before them; a plain number is read too. */
function height(sync: unknown): number | undefined {
  const value = isRecord(sync) ? field(sync, "latest_block_height") : undefined;
  const number = typeof value === "string" && /^(?:0|[1-9]\d{0,15})$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function has(fields: Fields, name: string): boolean {
  return Object.hasOwn(fields, name);
}

function field(fields: Fields, name: string): unknown {
  return has(fields, name) ? fields[name] : undefined;
}

function text(fields: unknown, name: string): string | undefined {
  const value = isRecord(fields) ? field(fields, name) : undefined;
  return typeof value === "string" ? value : undefined;
}

function flag(fields: unknown, name: string): boolean | undefined {
  const value = isRecord(fields) ? field(fields, name) : undefined;
  return typeof value === "boolean" ? value : undefined;
}

function nameOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}
