import { kMaxLength } from "node:buffer";
import { gunzip } from "node:zlib";
import type { Dispatcher } from "undici";
import { KubeError } from "./kube-error.ts";

/** An answer that was read to its end. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: Dispatcher.ResponseData["headers"];
  readonly text: string;
}

export interface AnswerLimits {
  readonly timeoutMs: number;
  /** A success of more bytes, as they come or decompressed, fails with `too-large`. */
  readonly mostBytes?: number | undefined;
}

/**
 * One request and its whole answer. undici's own handler interface is used: its `request()` makes a stream of each answer, which takes
 * as much CPU again as everything else about a request.
 *
 * @throws {KubeError} `too-large`; a `TimeoutError` when time is over; whatever undici says when there is no answer.
 */
export function wholeAnswer(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  { timeoutMs, mostBytes = Number.POSITIVE_INFINITY }: AnswerLimits,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const reader = new AnswerReader(mostBytes, resolve, reject);
    const late = () => reader.giveUp(new DOMException(`no answer in ${timeoutMs} ms`, "TimeoutError"));
    const timer = setTimeout(late, timeoutMs);
    reader.onOver = () => clearTimeout(timer);
    try {
      dispatcher.dispatch(options, reader);
    } catch (error) {
      reader.giveUp(error as Error);
    }
  });
}

class AnswerReader implements Dispatcher.DispatchHandler {
  onOver: () => void = () => {};
  readonly #mostBytes: number;
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (error: unknown) => void;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #statusCode = 0;
  #headers: Answer["headers"] = {};
  #controller: Dispatcher.DispatchController | undefined;
  #fault: Error | undefined;

  constructor(mostBytes: number, resolve: (answer: Answer) => void, reject: (error: unknown) => void) {
    this.#mostBytes = mostBytes;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Nothing is waited for any more; a request that was not sent yet never is. */
  giveUp(fault: Error): void {
    if (this.#fault !== undefined) return;
    this.#fault = fault;
    this.#controller?.abort(fault);
    this.#fail(fault);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#fault !== undefined) controller.abort(this.#fault);
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    statusCode: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#statusCode = statusCode;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#statusCode < 300 && this.#bytes > this.#mostBytes) this.giveUp(tooLarge(this.#mostBytes));
  }

  onResponseEnd(): void {
    this.onOver();
    const [only] = this.#chunks;
    const body = this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks, this.#bytes);
    const isCompressed = this.#bytes > 0 && this.#headers["content-encoding"] === "gzip";
    if (body !== undefined && isCompressed) this.#decompress(body);
    else this.#answer(body);
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: unknown): void {
    this.#fail(this.#fault ?? error);
  }

  #decompress(body: Buffer): void {
    const most = Math.min(this.#mostBytes, kMaxLength);
    gunzip(body, { maxOutputLength: most }, (error, whole) => {
      if (error === null) this.#answer(whole);
      else if ("code" in error && error.code === "ERR_BUFFER_TOO_LARGE") this.#reject(tooLarge(most));
      else this.#reject(error);
    });
  }

  #answer(body: Buffer | undefined): void {
    this.#resolve({ statusCode: this.#statusCode, headers: this.#headers, text: body?.toString() ?? "" });
  }

  #fail(error: unknown): void {
    this.onOver();
    this.#reject(error);
  }
}

function tooLarge(mostBytes: number): KubeError {
  return new KubeError("too-large", `more than ${mostBytes} bytes`);
}
