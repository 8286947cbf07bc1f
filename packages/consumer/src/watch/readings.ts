import { sharedAgent } from "../status/shared-agent.ts";
import { StatusReader } from "../status/status-reader.ts";
import type { StatusResult } from "../status/status-result.ts";
import { callAfter } from "./tick.ts";
import type { NodeChange, WatchOptions } from "./watch-options.ts";
import { WatchedNode } from "./watched-node.ts";

/**
 * One node's readings, one at a time, and only while somebody waits for a change. They go from call to call and make no
 * promise each: a thousand nodes are read a thousand times a second, and change once a day.
 */
export class Readings {
  readonly #reader: StatusReader;
  readonly #node: WatchedNode;
  /** When to read next, on the clock of `performance.now()`. */
  #dueAt: number;
  #waiting: ((change: NodeChange | undefined) => void) | undefined;
  #cancel: (() => void) | undefined;
  #over = false;

  constructor(url: string, options: WatchOptions) {
    const { startWithinMs = 0, random = Math.random } = options;
    this.#reader = new StatusReader(options.limits?.dispatcher ?? sharedAgent(), url, options.limits);
    this.#node = new WatchedNode(url, options);
    this.#dueAt = performance.now() + startWithinMs * random();
  }

  /** The next change, or `undefined` once there is an end to readings. One call at a time. */
  untilChange(): Promise<NodeChange | undefined> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      if (this.#over) resolve(undefined);
      else this.#pause();
    });
  }

  /** Ends the reading on its way and those to come. Leaves no timer behind. */
  end(): void {
    this.#over = true;
    this.#cancel?.();
    this.#reader.abandon();
    this.#waiting?.(undefined);
  }

  #pause(): void {
    this.#cancel = callAfter(Math.max(this.#dueAt - performance.now(), 0), this.#read);
  }

  readonly #read = (): void => {
    this.#cancel = undefined;
    this.#reader.read(this.#take);
  };

  readonly #take = (result: StatusResult): void => {
    if (this.#over) return;
    const change = this.#node.take(result);
    this.#dueAt = performance.now() + this.#node.wait();
    if (change === undefined) this.#pause();
    else this.#waiting?.(change);
  };
}
