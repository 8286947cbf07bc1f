import { withoutMangledTexts } from "@upgrade-halt/contract";
import type { StatusSighting } from "../evidence.ts";
import { printable } from "../printable.ts";
import { ABORTED, type Exchange } from "./bounded-exchange.ts";
import { type DecodedStatus, decodeStatus } from "./decode-status.ts";
import type { ExchangeFailure } from "./problem.ts";
import { type Dispatches, StatusRequest } from "./status-request.ts";
import type { StatusLimits, StatusResult } from "./status-result.ts";
import { statusUrl } from "./status-url.ts";

/** Reads a node's `/status` once, over connections of `dispatcher`. */
export async function readBy(
  dispatcher: Dispatches,
  url: string | URL,
  limits: StatusLimits,
): Promise<StatusResult> {
  const { signal } = limits;
  const reader = new StatusReader(dispatcher, url, limits);
  const abandon = () => reader.abandon();
  if (signal?.aborted === true) abandon();
  signal?.addEventListener("abort", abandon);
  const result = await new Promise<StatusResult>((resolve) => reader.read(resolve));
  signal?.removeEventListener("abort", abandon);
  abandon();
  return result;
}

/**
 * Reads one node's `/status` again and again, one reading at a time, each with the promises of `readStatus`. To be
 * abandoned in the end.
 */
export class StatusReader {
  readonly #now: () => number;
  readonly #request: StatusRequest | ExchangeFailure;
  #abandoned = false;

  constructor(dispatcher: Dispatches, url: string | URL, limits: Omit<StatusLimits, "signal"> = {}) {
    const target = statusUrl(url);
    this.#now = limits.now ?? Date.now;
    this.#request = target.kind === "refused" ? target : new StatusRequest(dispatcher, target.url, limits);
  }

  /** Answers once, maybe before this returns. */
  read(answer: (result: StatusResult) => void): void {
    const request = this.#request;
    if (!(request instanceof StatusRequest)) answer({ ...request, at: this.#now() });
    else if (this.#abandoned) answer({ ...ABORTED, at: this.#now() });
    else request.send((exchange) => answer(resultOf(exchange, this.#now())));
  }

  /** Gives up for good: this reading and those to come are `aborted`. Leaves no timer behind. */
  abandon(): void {
    this.#abandoned = true;
    if (this.#request instanceof StatusRequest) this.#request.abandon();
  }
}

/** A reading as evidence. */
export function sightingOf(result: StatusResult): StatusSighting {
  if (result.kind === "ok") {
    return { kind: "answered", at: result.at, envelope: result.envelope, node: result.node };
  }
  return { kind: "silent", at: result.at, problem: `${result.kind}: ${result.problem}` };
}

/** What an exchange came to, as a reading. */
export function resultOf(exchange: Exchange, at: number): StatusResult {
  if (exchange.kind !== "body") {
    const { isRefused: _, ...failure } = exchange;
    return { ...failure, at };
  }
  const decoded = decodeText(exchange.text);
  if (decoded.kind === "rpc-error") {
    const problem = printable(`${decoded.code ?? "no code"}: ${decoded.message}`);
    return { kind: "rpc-error", at, problem };
  }
  if (exchange.statusCode !== 200) {
    const httpStatus = exchange.statusCode;
    return { kind: "not-a-status", at, problem: `the answer is HTTP ${httpStatus}`, httpStatus };
  }
  if (decoded.kind === "not-a-status")
    return { kind: "not-a-status", at, problem: decoded.problem, httpStatus: 200 };
  const { envelope, node } = decoded;
  if (!exchange.mangled) return { kind: "ok", at, envelope, node };
  return { kind: "ok", at, envelope, node: { ...node, haltIntent: withoutMangledTexts(node.haltIntent) } };
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
