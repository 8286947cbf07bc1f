import { backoffMs } from "./backoff.ts";
import { CodedError } from "./coded-error.ts";
import { FairQueue } from "./fair-queue.ts";

/** What a reconcile asks for: come back after a time, or only when something changes. */
export interface Outcome {
  readonly requeueAfterMs?: number | undefined;
}

export interface KeyQueueOptions {
  readonly handle: (key: string) => Promise<Outcome>;
  /** Asked as a key is added: urgent ones are handled first (every one is, unless said). */
  readonly isUrgent?: (key: string) => boolean;
  readonly onError: (key: string, error: unknown, failures: number) => void;
  /** Whose work a key is: lanes have their turns one after the other (all keys are in one lane, unless said). */
  readonly laneOf?: (key: string) => string;
  /** Keys reconciled at a time; one key is never reconciled twice at a time. */
  readonly workers?: number;
  /** Of these, keys of one lane (as many as there are workers, unless said): what hangs in one leaves room for the others. */
  readonly laneWorkers?: number;
  readonly backoff?: { readonly baseMs: number; readonly maxMs: number };
  /** Retries a second over all keys, so that a failing server is not also flooded. */
  readonly retriesPerSecond?: number;
}

/** Of so many turns, one is for a key that isn't urgent. */
const PATIENT_TURN = 8;

/**
 * A queue of keys with the semantics of client-go's workqueue: a key that is added while it waits is in it once;
 * added while it is being handled, it is handled again afterwards. Urgent keys go before the others, which get one turn in
 * eight all the same: what they do may be what the urgent ones wait for. Among keys of one urgency the lanes take turns.
 * Failures back off key by key. A key that the server asked to wait with (`retryAfterMs`) is left alone for so long, whatever changes meanwhile.
 */
export class KeyQueue {
  readonly #options: Required<KeyQueueOptions>;
  readonly #urgent = new FairQueue();
  readonly #patient = new FairQueue();
  readonly #active = new Set<string>();
  readonly #activeByLane = new Map<string, number>();
  readonly #again = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #timers = new Map<string, { readonly timer: NodeJS.Timeout; readonly due: number }>();
  /** Until when the server asked to leave a key alone, by the steady clock. */
  readonly #notBefore = new Map<string, number>();
  #turns = 0;
  #nextRetryAt = 0;
  #stopped = false;
  readonly #drained = Promise.withResolvers<void>();

  constructor(options: KeyQueueOptions) {
    this.#options = {
      isUrgent: () => true,
      laneOf: () => "",
      workers: 32,
      laneWorkers: options.workers ?? 32,
      backoff: { baseMs: 25, maxMs: 30_000 },
      retriesPerSecond: 200,
      ...options,
    };
  }

  /** Keys that wait to be handled now. */
  get depth(): number {
    return this.#urgent.size + this.#patient.size;
  }

  add(key: string): void {
    if (this.#stopped) return;
    if (this.#active.has(key)) {
      this.#again.add(key);
      return;
    }
    const early = (this.#notBefore.get(key) ?? 0) - performance.now();
    if (early > 0) {
      this.addAfter(key, early);
      return;
    }
    this.#notBefore.delete(key);
    const lane = this.#options.laneOf(key);
    if (this.#options.isUrgent(key)) {
      this.#patient.delete(key);
      this.#urgent.add(lane, key);
    } else if (!this.#urgent.has(key)) this.#patient.add(lane, key);
    this.#pump();
  }

  /** Adds `key` after `ms`; the earliest of several such wishes counts. */
  addAfter(key: string, ms: number): void {
    if (this.#stopped) return;
    const due = performance.now() + ms;
    const planned = this.#timers.get(key);
    if (planned !== undefined && planned.due <= due) return;
    clearTimeout(planned?.timer);
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      this.add(key);
    }, ms);
    this.#timers.set(key, { timer, due });
  }

  /** Takes nothing more and resolves when what is being handled has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#urgent.clear();
    this.#patient.clear();
    if (this.#active.size === 0) this.#drained.resolve();
    await this.#drained.promise;
  }

  #pump(): void {
    while (this.#active.size < this.#options.workers) {
      const taken = this.#take();
      if (taken === undefined) return;
      void this.#work(taken.key, taken.lane);
    }
  }

  #take(): { readonly lane: string; readonly key: string } | undefined {
    const queues = [this.#urgent, this.#patient];
    this.#turns += 1;
    if (this.#turns % PATIENT_TURN === 0) queues.reverse();
    for (const queue of queues) {
      const taken = queue.take((lane) => this.#activeIn(lane) < this.#options.laneWorkers);
      if (taken !== undefined) return taken;
    }
    return undefined;
  }

  #activeIn(lane: string): number {
    return this.#activeByLane.get(lane) ?? 0;
  }

  async #work(key: string, lane: string): Promise<void> {
    this.#begin(key, lane);
    try {
      const { requeueAfterMs } = await this.#options.handle(key);
      this.#failures.delete(key);
      if (requeueAfterMs !== undefined) this.addAfter(key, requeueAfterMs);
    } catch (error) {
      const failures = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, failures);
      this.#options.onError(key, error, failures);
      const asked = error instanceof CodedError ? (error.retryAfterMs ?? 0) : 0;
      if (asked > 0) this.#notBefore.set(key, performance.now() + asked);
      this.addAfter(key, Math.max(asked, this.#retryDelay(failures)));
    } finally {
      this.#end(key, lane);
      if (this.#again.delete(key)) this.add(key);
      if (this.#stopped && this.#active.size === 0) this.#drained.resolve();
      else this.#pump();
    }
  }

  #begin(key: string, lane: string): void {
    this.#active.add(key);
    this.#activeByLane.set(lane, this.#activeIn(lane) + 1);
  }

  #end(key: string, lane: string): void {
    this.#active.delete(key);
    const left = this.#activeIn(lane) - 1;
    if (left === 0) this.#activeByLane.delete(lane);
    else this.#activeByLane.set(lane, left);
  }

  #retryDelay(failures: number): number {
    const now = performance.now();
    this.#nextRetryAt = Math.max(now, this.#nextRetryAt + 1000 / this.#options.retriesPerSecond);
    return Math.max(backoffMs(failures, this.#options.backoff), this.#nextRetryAt - now);
  }
}
