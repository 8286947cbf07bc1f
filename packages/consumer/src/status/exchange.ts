import { Agent, type Dispatcher } from "undici";
import { problemOf } from "./problem.ts";
import type { StatusFailure, StatusLimits } from "./status-result.ts";

/** A body that was read to its end, or why there is none. */
export type Exchange =
  | { readonly kind: "body"; readonly statusCode: number; readonly text: string }
  | Failure;

type Failure = Omit<StatusFailure, "at">;

/** Longest deadline that a timer can keep, in ms. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
const ABORTED: Failure = { kind: "aborted", problem: "the caller gave up" };

let shared: Agent | undefined;

/** Asks once. The promise never rejects, and the connection is given up with the first thing that does not fit. */
export function exchange(url: URL, limits: StatusLimits): Promise<Exchange> {
  return new Promise((resolve) => {
    if (limits.signal?.aborted === true) {
      resolve(ABORTED);
      return;
    }
    shared ??= new Agent({ connections: 1, connect: { timeout: 10_000 }, keepAliveTimeout: 4_000 });
    const handler = new ExchangeHandler(resolve, limits);
    const options = {
      origin: url.origin,
      path: url.pathname + url.search,
      method: "GET",
      headers: { accept: "application/json", "accept-encoding": "identity" },
      // The deadline of the whole makes those of the parts needless.
      headersTimeout: 0,
      bodyTimeout: 0,
    } as const;
    try {
      (limits.dispatcher ?? shared).dispatch(options, handler);
    } catch (error) {
      handler.onResponseError(null, error);
    }
  });
}

/**
 * One request's events. undici's own handler interface is used because its `request()` makes a stream for each answer,
 * which costs as much again as everything else that a reading does.
 */
class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #resolve: (exchange: Exchange) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #maxBytes: number;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = () => this.#fail(ABORTED);
  #controller: Dispatcher.DispatchController | undefined;
  #settled = false;
  #statusCode = 0;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(resolve: (exchange: Exchange) => void, limits: StatusLimits) {
    const { timeoutMs = 5_000, maxBytes = 1_048_576, signal } = limits;
    this.#resolve = resolve;
    this.#signal = signal;
    this.#maxBytes = maxBytes;
    const problem = `no whole answer within ${timeoutMs} ms`;
    const late = () => this.#fail({ kind: "timeout", problem });
    this.#timer = setTimeout(late, Math.min(Math.max(timeoutMs, 0), MAX_TIMEOUT_MS));
    signal?.addEventListener("abort", this.#onAbort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) controller.abort(new Error("nobody waits for this answer"));
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    statusCode: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#statusCode = statusCode;
    const encoding = headers["content-encoding"];
    const declared = Number(headers["content-length"] ?? 0);
    if (statusCode >= 300 && statusCode < 400) {
      this.#fail({ kind: "refused", problem: `the answer is a redirect (HTTP ${statusCode})` });
    } else if (encoding !== undefined && encoding !== "identity") {
      // Decoding what was not asked for could grow a kilobyte to a gigabyte.
      this.#fail({ kind: "refused", problem: "the body is compressed, which was not asked for" });
    } else if (declared > this.#maxBytes) {
      this.#fail({ kind: "too-large", problem: `the body announces ${declared} bytes` });
    }
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) {
      this.#fail({ kind: "too-large", problem: `the body is longer than ${this.#maxBytes} bytes` });
    } else {
      this.#chunks.push(chunk);
    }
  }

  onResponseEnd(): void {
    const [first, ...rest] = this.#chunks;
    const body = rest.length === 0 ? first : Buffer.concat(this.#chunks);
    this.#settle({ kind: "body", statusCode: this.#statusCode, text: body?.toString() ?? "" });
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: unknown): void {
    this.#settle(problemOf(error));
  }

  #fail(failure: Failure): void {
    if (this.#settled) return;
    this.#settle(failure);
    this.#controller?.abort(new Error(failure.problem));
  }

  #settle(exchange: Exchange): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#chunks = [];
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#resolve(exchange);
  }
}
