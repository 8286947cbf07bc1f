import type { Dispatcher } from "undici";
import { ControllerError } from "../controller-error.ts";
import { deliver, type PageRequest, ReceiverTimeout } from "./delivery.ts";

/** Requests to one receiver at a time. */
const AT_ONCE = 4;
/** A receiver that gave no answer is tried by one request in this time; the others fail at once. */
const REST_MS = 10_000;

interface Lane {
  active: number;
  readonly waiting: (() => void)[];
  /** No answer came; until this time by the steady clock nobody asks again. */
  restUntil: number;
}

/**
 * Brings pages to their receivers, each in a lane of its own (host and port). A receiver that never answers costs its
 * timeout once in a while, and not once a page: a page with several targets is late at none of the others.
 */
export class ReceiverLanes {
  readonly #dispatcher: Dispatcher | undefined;
  readonly #lanes = new Map<string, Lane>();

  constructor(dispatcher?: Dispatcher) {
    this.#dispatcher = dispatcher;
  }

  /** As {@link deliver}, once it is the request's turn. */
  readonly deliver = async (request: PageRequest): Promise<void> => {
    const { host } = new URL(request.url);
    const lane = this.#lanes.get(host) ?? { active: 0, waiting: [], restUntil: 0 };
    this.#lanes.set(host, lane);
    if (lane.active < AT_ONCE) lane.active += 1;
    else await new Promise<void>((resolve) => lane.waiting.push(resolve));
    try {
      await this.#attempt(request, host, lane);
    } finally {
      this.#leave(host, lane);
    }
  };

  /** Hands the place on to the next request that waits for one. */
  #leave(host: string, lane: Lane): void {
    const next = lane.waiting.shift();
    if (next !== undefined) {
      next();
      return;
    }
    lane.active -= 1;
    if (lane.active === 0 && lane.restUntil === 0) this.#lanes.delete(host);
  }

  async #attempt(request: PageRequest, host: string, lane: Lane): Promise<void> {
    const left = lane.restUntil - performance.now();
    if (left > 0) {
      const seconds = Math.ceil(left / 1000);
      throw new ControllerError(
        "page-refused",
        `the pager at ${host} did not answer a moment ago; it is asked again in ${seconds} s`,
      );
    }
    // One that rested is asked once before the others are.
    if (lane.restUntil > 0) lane.restUntil = performance.now() + REST_MS;
    try {
      await deliver(request, this.#dispatcher);
      lane.restUntil = 0;
    } catch (error) {
      lane.restUntil = error instanceof ReceiverTimeout ? performance.now() + REST_MS : 0;
      throw error;
    }
  }
}
