import type { Dispatcher } from "undici";
import type { Program, VirtualTime } from "../time/virtual-time.ts";
import type { Network } from "./network.ts";

/** A page, or that it is over, as a receiver took it. */
export interface Told {
  readonly key: string;
  readonly reason: string;
  readonly pod: string;
  readonly nodeHalt: string;
  readonly state: "firing" | "resolved";
  readonly at: number;
  /** Where it was sent to. */
  readonly origin: string;
  /** Who sent it. */
  readonly sender: Program;
}

/** Where the simulated pager listens. */
export const PAGER_URL = "https://pager.example/hook";

/** A receiver of pages that can be down. */
export class Pager {
  readonly told: Told[] = [];
  isDown = false;
  readonly #time: VirtualTime;
  readonly #network: Network;

  constructor(time: VirtualTime, network: Network) {
    this.#time = time;
    this.#network = network;
  }

  /** undici's way to it, for one program. */
  dispatcherFor(program: Program, allow: () => void): Dispatcher {
    const dispatch = (options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean => {
      const fate = this.#network.fateOf(program);
      const controller = connection();
      const fail = () =>
        handler.onResponseError?.(controller, Object.assign(new Error("reset"), { code: "ECONNRESET" }));
      try {
        allow();
        handler.onRequestStart?.(controller, {});
      } catch (error) {
        this.#time.schedule(0, () => handler.onResponseError?.(controller, error as Error), program);
        return true;
      }
      if (fate.isLost || this.isDown) {
        this.#time.schedule(3_000, fail, program);
        return true;
      }
      this.#time.later(fate.there, () => {
        const status = fate.isRefused ? 503 : 200;
        if (status === 200) this.#take(String(options.body), String(options.origin), program);
        if (fate.isUnanswered) this.#time.schedule(3_000, fail, program);
        else this.#time.schedule(fate.back, () => answer(handler, controller, status), program);
      });
      return true;
    };
    return { dispatch } as unknown as Dispatcher;
  }

  #take(body: string, origin: string, sender: Program): void {
    const { key, reason, pod, nodeHalt, state } = JSON.parse(body) as Told;
    this.told.push({ key, reason, pod, nodeHalt, state, at: this.#time.now, origin, sender });
  }
}

function connection(): Dispatcher.DispatchController {
  return {
    rawHeaders: [],
    aborted: false,
    paused: false,
    reason: null,
    abort: () => {},
    pause: () => {},
    resume: () => {},
  } as unknown as Dispatcher.DispatchController;
}

function answer(
  handler: Dispatcher.DispatchHandler,
  controller: Dispatcher.DispatchController,
  status: number,
): void {
  handler.onResponseStart?.(controller, status, {}, "");
  handler.onResponseEnd?.(controller, {});
}
