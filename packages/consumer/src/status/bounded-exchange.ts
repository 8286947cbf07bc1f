import { isUtf8 } from "node:buffer";
import type { Dispatcher } from "undici";
import { type ExchangeFailure, problemOf } from "./problem.ts";
import type { StatusLimits } from "./status-result.ts";

/** A body that was read to its end, `mangled` where its bytes were no UTF-8, or why there is none. */
export type Exchange =
  | { readonly kind: "body"; readonly statusCode: number; readonly text: string; readonly mangled: boolean }
  | ExchangeFailure;

export const ABORTED: ExchangeFailure = { kind: "aborted", problem: "the caller gave up" };

type Controller = Pick<Dispatcher.DispatchController, "abort">;

/**
 * One request's events, which end in one answer; the connection is given up with the first that does not fit. undici's
 * own handler interface is used because its `request()` makes a stream for each answer, which costs as much again as
 * everything else that a reading does.
 */
export class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #maxBytes: number;
  /** `undefined` once it was given. */
  #answer: ((exchange: Exchange) => void) | undefined;
  #controller: Controller | undefined;
  #statusCode = 0;
  #body: Buffer | undefined;
  /** What came after `#body`, of which most answers have nothing. */
  #rest: Buffer[] | undefined;
  #bytes = 0;

  constructor({ maxBytes = 1_048_576 }: StatusLimits, answer: (exchange: Exchange) => void) {
    this.#maxBytes = maxBytes;
    this.#answer = answer;
  }

  /** Answers with a failure, unless there was an answer before. */
  giveUp(failure: ExchangeFailure): void {
    if (this.#answer === undefined) return;
    this.#settle(failure);
    this.#controller?.abort(new Error(failure.problem));
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#answer === undefined) controller.abort(new Error("nobody waits for this answer"));
  }

  onResponseStart(
    _: Controller,
    statusCode: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#statusCode = statusCode;
    const encoding = headers["content-encoding"];
    const declared = Number(headers["content-length"] ?? 0);
    if (statusCode >= 300 && statusCode < 400) {
      this.giveUp({ kind: "refused", problem: `the answer is a redirect (HTTP ${statusCode})` });
    } else if (encoding !== undefined && encoding !== "identity") {
      // Decoding what was not asked for could grow a kilobyte to a gigabyte.
      this.giveUp({ kind: "refused", problem: "the body is compressed, which was not asked for" });
    } else if (declared > this.#maxBytes) {
      this.giveUp({ kind: "too-large", problem: `the body announces ${declared} bytes` });
    }
  }

  onResponseData(_: Controller, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) {
      this.giveUp({ kind: "too-large", problem: `the body is longer than ${this.#maxBytes} bytes` });
    } else if (this.#body === undefined) {
      this.#body = chunk;
    } else {
      this.#rest ??= [];
      this.#rest.push(chunk);
    }
  }

  onResponseEnd(): void {
    const [body, rest] = [this.#body, this.#rest];
    const whole = body === undefined || rest === undefined ? body : Buffer.concat([body, ...rest]);
    const mangled = whole !== undefined && !isUtf8(whole);
    this.#settle({ kind: "body", statusCode: this.#statusCode, text: whole?.toString() ?? "", mangled });
  }

  onResponseError(_: Controller | null, error: unknown): void {
    this.#settle(problemOf(error));
  }

  #settle(exchange: Exchange): void {
    const answer = this.#answer;
    this.#answer = this.#body = this.#rest = undefined;
    answer?.(exchange);
  }
}
