import type { StatusSighting } from "../evidence.ts";
import { printable } from "../printable.ts";
import { type DecodedStatus, decodeStatus } from "./decode-status.ts";
import { type Exchange, exchange } from "./exchange.ts";
import type { StatusFailure, StatusLimits, StatusRead, StatusResult } from "./status-result.ts";
import { statusUrl } from "./status-url.ts";

/**
 * Reads a node's `/status` once. Takes both envelopes. Follows no redirect, decodes no compression, reads no more than
 * `maxBytes` and takes no longer than `timeoutMs`. Whatever happens has a result: it never rejects.
 */
export async function readStatus(url: string | URL, limits: StatusLimits = {}): Promise<StatusResult> {
  const { now = Date.now } = limits;
  const target = statusUrl(url);
  if (target.kind === "refused") return { kind: "refused", at: now(), problem: target.problem };
  const outcome = outcomeOf(await exchange(target.url, limits));
  return { ...outcome, at: now() };
}

/** A reading as evidence. */
export function sightingOf(result: StatusResult): StatusSighting {
  if (result.kind === "ok") {
    return { kind: "answered", at: result.at, envelope: result.envelope, node: result.node };
  }
  return { kind: "silent", at: result.at, problem: `${result.kind}: ${result.problem}` };
}

function outcomeOf(exchanged: Exchange): Omit<StatusRead, "at"> | Omit<StatusFailure, "at"> {
  if (exchanged.kind !== "body") return exchanged;
  const decoded = decodeText(exchanged.text);
  if (decoded.kind === "rpc-error") {
    return { kind: "rpc-error", problem: printable(`${decoded.code ?? "no code"}: ${decoded.message}`) };
  }
  if (exchanged.statusCode !== 200) {
    return { kind: "not-a-status", problem: `the answer is HTTP ${exchanged.statusCode}` };
  }
  return decoded.kind === "status" ? { kind: "ok", envelope: decoded.envelope, node: decoded.node } : decoded;
}

function decodeText(text: string): DecodedStatus {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { kind: "not-a-status", problem: `the body is no JSON: it begins ${printable(text, 40)}` };
  }
  return decodeStatus(body);
}
