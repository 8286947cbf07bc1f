import { Agent, type Dispatcher } from "undici";
import { problemOf } from "./problem.ts";
import type { StatusFailure, StatusLimits } from "./status-result.ts";

/** A body that was read to its end, or why there is none. */
export type Exchange =
  | { readonly kind: "body"; readonly statusCode: number; readonly text: string }
  | Failure;

type Failure = Omit<StatusFailure, "at">;

/** What is asked of a node. One that is asked again and again needs it made once. */
export type StatusRequest = Dispatcher.DispatchOptions;

/** A request on its way. */
export interface Asked {
  /** Never rejects. */
  readonly answer: Promise<Exchange>;
  /** Gives up; the answer is then `aborted`. */
  abandon(): void;
}

/** Longest deadline that a timer can keep, in ms. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
export const ABORTED: Failure = { kind: "aborted", problem: "the caller gave up" };

let shared: Agent | undefined;

export function statusRequest({ origin, pathname, search }: URL): StatusRequest {
  return {
    origin,
    path: pathname + search,
    method: "GET",
    headers: { accept: "application/json", "accept-encoding": "identity" },
    // The deadline of the whole makes those of the parts needless.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
}

/** Asks once. The connection is given up with the first thing that does not fit. */
export function ask(request: StatusRequest, limits: Omit<StatusLimits, "signal">): Asked {
  shared ??= new Agent({ connections: 1, connect: { timeout: 10_000 }, keepAliveTimeout: 4_000 });
  const handler = new ExchangeHandler(limits);
  try {
    (limits.dispatcher ?? shared).dispatch(request, handler);
  } catch (error) {
    handler.onResponseError(null, error);
  }
  return handler;
}

/**
 * One request's events. undici's own handler interface is used because its `request()` makes a stream for each answer,
 * which costs as much again as everything else that a reading does.
 */
class ExchangeHandler implements Asked, Dispatcher.DispatchHandler {
  readonly answer: Promise<Exchange>;
  readonly #maxBytes: number;
  readonly #timer: NodeJS.Timeout;
  #resolve!: (exchange: Exchange) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #settled = false;
  #statusCode = 0;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor({ timeoutMs = 5_000, maxBytes = 1_048_576 }: StatusLimits) {
    this.answer = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#maxBytes = maxBytes;
    const late = () => this.#fail({ kind: "timeout", problem: `no whole answer within ${timeoutMs} ms` });
    this.#timer = setTimeout(late, Math.min(Math.max(timeoutMs, 0), MAX_TIMEOUT_MS));
  }

  abandon(): void {
    this.#fail(ABORTED);
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
    this.#resolve(exchange);
  }
}
