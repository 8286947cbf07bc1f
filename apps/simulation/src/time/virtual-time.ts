import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";
import type { Random } from "./random.ts";

/** A program of the simulation. What it scheduled dies with it; its wall clock may be wrong. */
export interface Program {
  readonly name: string;
  isAlive: boolean;
  /** How far its wall clock is ahead, in milliseconds. */
  skewMs: number;
}

interface Scheduled {
  readonly at: number;
  readonly order: number;
  readonly program: Program | undefined;
  /** `undefined` once it was cancelled or done. */
  run: (() => void) | undefined;
}

/** What `setTimeout` returns: enough of a `NodeJS.Timeout` for the controller. */
class Timer {
  readonly #time: VirtualTime;
  readonly #run: () => void;
  readonly #ms: number;
  #scheduled: Scheduled;

  constructor(time: VirtualTime, ms: number, run: () => void) {
    this.#time = time;
    this.#ms = ms;
    this.#run = run;
    this.#scheduled = time.schedule(ms, run);
  }

  cancel(): void {
    this.#scheduled.run = undefined;
  }

  refresh(): this {
    this.cancel();
    this.#scheduled = this.#time.schedule(this.#ms, this.#run);
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  [Symbol.dispose](): void {
    this.cancel();
  }
}

/** Midnight at which every simulation begins. */
export const EPOCH = Date.UTC(2026, 0, 1);
const realImmediate = setImmediate;
/** Events between two turns of Node's own event loop. */
const TURN = 1_000;
const RealDate = Date;

/**
 * One thread and one queue of events, ordered by virtual time. Between two events all promises settle, so whatever an event
 * sets in motion belongs to the program that it belonged to.
 */
export class VirtualTime {
  readonly #heap: Scheduled[] = [];
  #order = 0;
  #now = 0;
  #program: Program | undefined;
  /** Ends of the listening to signals that goes on. */
  readonly #listening = new Set<() => void>();
  steps = 0;

  /** Milliseconds since the simulation began. */
  get now(): number {
    return this.#now;
  }

  /** The wall clock of the program that runs now, or the true one. */
  get wall(): number {
    return EPOCH + this.#now + (this.#program?.skewMs ?? 0);
  }

  /** RFC 3339 by the true clock. */
  get timestamp(): string {
    return new RealDate(EPOCH + this.#now).toISOString();
  }

  /** Runs `run` after `ms`, for the program that asks unless another is named. */
  schedule(ms: number, run: () => void, program = this.#program): Scheduled {
    const scheduled: Scheduled = { at: this.#now + Math.max(0, ms), order: this.#order, program, run };
    this.#order += 1;
    this.#push(scheduled);
    return scheduled;
  }

  /** As `schedule`, but belongs to nobody: it happens though every program dies. */
  later(ms: number, run: () => void): Scheduled {
    const scheduled: Scheduled = {
      at: this.#now + Math.max(0, ms),
      order: this.#order,
      program: undefined,
      run,
    };
    this.#order += 1;
    this.#push(scheduled);
    return scheduled;
  }

  /**
   * Calls `onAbort` once the signal aborts; returns how to listen no more. Node keeps a composite signal for as long as somebody
   * listens to it, and with it all of a program that died waiting: that ends with the simulation.
   */
  listen(signal: AbortSignal, onAbort: () => void): () => void {
    const stop = () => {
      this.#listening.delete(stop);
      signal.removeEventListener("abort", abort);
    };
    const abort = () => {
      stop();
      onAbort();
    };
    if (signal.aborted) onAbort();
    else {
      signal.addEventListener("abort", abort);
      this.#listening.add(stop);
    }
    return stop;
  }

  /** Handles events until `isOver` says so or none is left. Rejects with what an event throws. */
  async run(isOver: () => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const step = () => {
      try {
        this.#program = undefined;
        const next = isOver() ? undefined : this.#pop();
        if (next === undefined) {
          resolve();
          return;
        }
        this.#now = next.at;
        this.steps += 1;
        this.#program = next.program;
        next.run?.();
        // Node drains all promises before its next tick. Now and then its own events get a turn.
        if (this.steps % TURN === 0) realImmediate(step);
        else queueMicrotask(soon);
      } catch (error) {
        reject(error);
      }
    };
    const soon = () => process.nextTick(step);
    realImmediate(step);
    await promise;
  }

  /** Puts virtual clocks, timers and random numbers in the place of Node's. Returns how to put them back. */
  install(random: Random): () => void {
    const real = {
      setTimeout: globalThis.setTimeout,
      clearTimeout: globalThis.clearTimeout,
      Date: globalThis.Date,
      performanceNow: performance.now,
      random: Math.random,
      timeout: AbortSignal.timeout,
      sleep: timers.setTimeout,
    };
    const time = this;
    class VirtualDate extends RealDate {
      constructor(...args: unknown[]) {
        if (args.length === 0) super(time.wall);
        else super(...(args as [number]));
      }

      static override now(): number {
        return time.wall;
      }
    }
    globalThis.Date = VirtualDate as unknown as DateConstructor;
    globalThis.setTimeout = ((run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
      new Timer(time, ms, () => run(...args))) as unknown as typeof setTimeout;
    globalThis.clearTimeout = ((timer: unknown) => {
      if (timer instanceof Timer) timer.cancel();
      else real.clearTimeout(timer as NodeJS.Timeout);
    }) as typeof clearTimeout;
    performance.now = () => time.now;
    Math.random = random.next;
    AbortSignal.timeout = (ms) => {
      const controller = new AbortController();
      time.schedule(ms, () => controller.abort(new DOMException("the time is over", "TimeoutError")));
      return controller.signal;
    };
    timers.setTimeout = sleepOf(time) as typeof timers.setTimeout;
    syncBuiltinESMExports();
    return () => {
      for (const stop of this.#listening) stop();
      globalThis.setTimeout = real.setTimeout;
      globalThis.clearTimeout = real.clearTimeout;
      globalThis.Date = real.Date;
      performance.now = real.performanceNow;
      Math.random = real.random;
      AbortSignal.timeout = real.timeout;
      timers.setTimeout = real.sleep;
      syncBuiltinESMExports();
    };
  }

  #push(scheduled: Scheduled): void {
    const heap = this.#heap;
    let at = heap.push(scheduled) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(scheduled, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = scheduled;
  }

  /** The next event that is still to happen. */
  #pop(): Scheduled | undefined {
    for (;;) {
      const next = this.#popAny();
      if (next === undefined) return undefined;
      if (next.run !== undefined && next.program?.isAlive !== false) return next;
    }
  }

  #popAny(): Scheduled | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const [left, right] = [heap[child], heap[child + 1]];
      if (left === undefined) break;
      let least = left;
      if (right !== undefined && isBefore(right, left)) {
        child += 1;
        least = right;
      }
      if (!isBefore(least, last)) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(one: Scheduled, other: Scheduled): boolean {
  return one.at === other.at ? one.order < other.order : one.at < other.at;
}

/** `setTimeout` of `node:timers/promises`. */
function sleepOf(time: VirtualTime) {
  return (ms = 0, value?: unknown, { signal }: { signal?: AbortSignal } = {}) =>
    new Promise<unknown>((resolve, reject) => {
      const scheduled = time.schedule(ms, () => {
        stop?.();
        resolve(value);
      });
      const stop =
        signal &&
        time.listen(signal, () => {
          scheduled.run = undefined;
          reject(new DOMException("The operation was aborted", "AbortError"));
        });
    });
}
