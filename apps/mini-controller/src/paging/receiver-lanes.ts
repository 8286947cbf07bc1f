import type { Dispatcher } from "undici";
import { ControllerError } from "../controller-error.ts";
import { deliver, type PageRequest, ReceiverTimeout } from "./delivery.ts";

/** Requests to one receiver at a time. */
const AT_ONCE = 4;
/** A receiver that gave no answer is tried by one request in this time; the others fail at once. */
const REST_MS = 10_000;
/** For so long after its rest that is remembered of a receiver which nobody asks any more. */
const REMEMBERED_MS = 60_000;

interface Lane {
  active: number;
  readonly waiting: (() => void)[];
  /** No answer came; until this time by the steady clock nobody asks again. */
  restUntil: number;
}

/**
 * Brings pages to their receivers, each in a lane of its own: one host may have the receivers of many, each at a URL of its own. A
 * receiver that never answers costs its timeout once in a while, and not once a page: a page with several targets is late at none
 * of the others.
 */
export class ReceiverLanes {
  readonly #dispatcher: Dispatcher | undefined;
  readonly #lanes = new Map<string, Lane>();

  constructor(dispatcher?: Dispatcher) {
    this.#dispatcher = dispatcher;
  }

  /** As {@link deliver}, once it is the request's turn. */
  readonly deliver = async (request: PageRequest): Promise<void> => {
    const { href: receiver, host } = new URL(request.url);
    const lane = this.#laneOf(receiver);
    if (lane.active < AT_ONCE) lane.active += 1;
    else await new Promise<void>((resolve) => lane.waiting.push(resolve));
    try {
      await this.#attempt(request, host, lane);
    } finally {
      this.#leave(receiver, lane);
    }
  };

  #laneOf(receiver: string): Lane {
    const known = this.#lanes.get(receiver);
    if (known !== undefined) return known;
    const now = performance.now();
    for (const [other, { active, restUntil }] of this.#lanes)
      if (active === 0 && restUntil + REMEMBERED_MS < now) this.#lanes.delete(other);
    const lane = { active: 0, waiting: [], restUntil: 0 };
    this.#lanes.set(receiver, lane);
    return lane;
  }

  /** Hands the place on to the next request that waits for one. */
  #leave(receiver: string, lane: Lane): void {
    const next = lane.waiting.shift();
    if (next !== undefined) {
      next();
      return;
    }
    lane.active -= 1;
    if (lane.active === 0 && lane.restUntil === 0) this.#lanes.delete(receiver);
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
