import { ABORTED, type Exchange, ExchangeHandler } from "./bounded-exchange.ts";
import type { StatusLimits } from "./status-result.ts";

/** Longest deadline that a timer can keep, in ms. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** What is asked for, in the words of undici. */
interface Asked {
  readonly origin: string;
  readonly path: string;
  readonly method: "GET";
  readonly headers: Readonly<Record<string, string>>;
  readonly headersTimeout: number;
  readonly bodyTimeout: number;
}

/** What sends requests: a dispatcher of undici, or `oneConnection`. */
export interface Dispatches {
  dispatch(asked: Asked, handler: ExchangeHandler): unknown;
}

/** One node's request, sent again and again, once at a time. What is the same every time is made once. */
export class StatusRequest {
  readonly #limits: StatusLimits;
  readonly #asked: Asked;
  readonly #dispatcher: Dispatches;
  #deadline: NodeJS.Timeout | undefined;
  #underWay: ExchangeHandler | undefined;

  constructor(dispatcher: Dispatches, { origin, pathname, search }: URL, limits: StatusLimits) {
    this.#limits = limits;
    this.#asked = {
      origin,
      path: pathname + search,
      method: "GET",
      headers: { accept: "application/json", "accept-encoding": "identity" },
      // The deadline of the whole makes those of the parts needless.
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    this.#dispatcher = dispatcher;
  }

  /** Asks, and answers once within the deadline. */
  send(answer: (exchange: Exchange) => void): void {
    const handler = new ExchangeHandler(this.#limits, (exchange) => {
      // An exchange that was kept until the next one would take its buffers along into the old space.
      this.#underWay = undefined;
      answer(exchange);
    });
    this.#underWay = handler;
    this.#startDeadline();
    try {
      this.#dispatcher.dispatch(this.#asked, handler);
    } catch (error) {
      handler.onResponseError(null, error);
    }
  }

  /** What is under way is answered as `aborted`. Leaves no timer behind. */
  abandon(): void {
    clearTimeout(this.#deadline);
    this.#underWay?.giveUp(ABORTED);
  }

  /** One timer for all requests. It holds no process: while a request is under way, its socket does. */
  #startDeadline(): void {
    if (this.#deadline !== undefined) {
      this.#deadline.refresh();
      return;
    }
    const { timeoutMs = 5_000 } = this.#limits;
    const late = () =>
      this.#underWay?.giveUp({ kind: "timeout", problem: `no whole answer within ${timeoutMs} ms` });
    this.#deadline = setTimeout(late, Math.min(Math.max(timeoutMs, 0), MAX_TIMEOUT_MS)).unref();
  }
}
