import type { StatusSighting } from "../evidence.ts";
import { printable } from "../printable.ts";
import { type DecodedStatus, decodeStatus } from "./decode-status.ts";
import { ABORTED, type Asked, ask, type Exchange, type StatusRequest, statusRequest } from "./exchange.ts";
import type { StatusFailure, StatusLimits, StatusRead, StatusResult } from "./status-result.ts";
import { statusUrl } from "./status-url.ts";

/**
 * Reads a node's `/status` once. Takes both envelopes. Follows no redirect, decodes no compression, reads no more than
 * `maxBytes` and takes no longer than `timeoutMs`. Whatever happens has a result: it never rejects.
 */
export async function readStatus(url: string | URL, limits: StatusLimits = {}): Promise<StatusResult> {
  const { signal } = limits;
  const reader = new StatusReader(url, limits);
  const abandon = () => reader.abandon();
  if (signal?.aborted === true) abandon();
  signal?.addEventListener("abort", abandon);
  const result = await reader.read();
  signal?.removeEventListener("abort", abandon);
  return result;
}

/** Reads one node's `/status` again and again, one reading at a time, each with the promises of {@link readStatus}. */
export class StatusReader {
  readonly #limits: Omit<StatusLimits, "signal">;
  readonly #request: StatusRequest | Omit<StatusFailure, "at">;
  #asked: Asked | undefined;
  #abandoned = false;

  constructor(url: string | URL, limits: Omit<StatusLimits, "signal"> = {}) {
    const target = statusUrl(url);
    this.#limits = limits;
    this.#request = target.kind === "refused" ? target : statusRequest(target.url);
  }

  async read(): Promise<StatusResult> {
    const { now = Date.now } = this.#limits;
    if ("kind" in this.#request) return { ...this.#request, at: now() };
    if (this.#abandoned) return { ...ABORTED, at: now() };
    this.#asked = ask(this.#request, this.#limits);
    const exchanged = await this.#asked.answer;
    this.#asked = undefined;
    return { ...outcomeOf(exchanged), at: now() };
  }

  /** Gives up, now and for good: this reading and those to come are `aborted`. */
  abandon(): void {
    this.#abandoned = true;
    this.#asked?.abandon();
  }
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
