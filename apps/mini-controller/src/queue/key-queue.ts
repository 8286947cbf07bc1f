import { ControllerError } from "../controller-error.ts";
import { backoffMs } from "./backoff.ts";

/** What a reconcile asks for: come back after a time, or only when something changes. */
export interface Outcome {
  readonly requeueAfterMs?: number | undefined;
}

export interface KeyQueueOptions {
  readonly handle: (key: string) => Promise<Outcome>;
  /** Asked as a key is added: urgent ones are handled first (every one is, unless said). */
  readonly isUrgent?: (key: string) => boolean;
  readonly onError: (key: string, error: unknown, failures: number) => void;
  /** Keys reconciled at a time; one key is never reconciled twice at a time. */
  readonly workers?: number;
  readonly backoff?: { readonly baseMs: number; readonly maxMs: number };
  /** Retries a second over all keys, so that a failing server is not also flooded. */
  readonly retriesPerSecond?: number;
}

/** Of so many turns, one is for a key that isn't urgent. */
const PATIENT_TURN = 8;

/**
 * A queue of keys with the semantics of client-go's workqueue: a key that is added while it waits is in it once;
 * added while it is being handled, it is handled again afterwards. Urgent keys go before the others, which get one turn in
 * eight all the same: what they do may be what the urgent ones wait for. Failures back off key by key. A key that the server
 * asked to wait with (`retryAfterMs`) is left alone for so long, whatever changes meanwhile.
 */
export class KeyQueue {
  readonly #options: Required<KeyQueueOptions>;
  readonly #urgent = new Set<string>();
  readonly #patient = new Set<string>();
  readonly #active = new Set<string>();
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
      workers: 32,
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
    if (this.#options.isUrgent(key)) {
      this.#patient.delete(key);
      this.#urgent.add(key);
    } else if (!this.#urgent.has(key)) this.#patient.add(key);
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
      const key = this.#take();
      if (key === undefined) return;
      this.#active.add(key);
      void this.#work(key);
    }
  }

  #take(): string | undefined {
    const lanes = [this.#urgent, this.#patient];
    this.#turns += 1;
    if (this.#turns % PATIENT_TURN === 0) lanes.reverse();
    for (const lane of lanes) {
      const [key] = lane;
      if (key === undefined) continue;
      lane.delete(key);
      return key;
    }
    return undefined;
  }

  async #work(key: string): Promise<void> {
    try {
      const { requeueAfterMs } = await this.#options.handle(key);
      this.#failures.delete(key);
      if (requeueAfterMs !== undefined) this.addAfter(key, requeueAfterMs);
    } catch (error) {
      const failures = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, failures);
      this.#options.onError(key, error, failures);
      const asked = error instanceof ControllerError ? (error.retryAfterMs ?? 0) : 0;
      if (asked > 0) this.#notBefore.set(key, performance.now() + asked);
      this.addAfter(key, Math.max(asked, this.#retryDelay(failures)));
    } finally {
      this.#active.delete(key);
      if (this.#again.delete(key)) this.add(key);
      if (this.#stopped && this.#active.size === 0) this.#drained.resolve();
      else this.#pump();
    }
  }

  #retryDelay(failures: number): number {
    const now = performance.now();
    this.#nextRetryAt = Math.max(now, this.#nextRetryAt + 1000 / this.#options.retriesPerSecond);
    return Math.max(backoffMs(failures, this.#options.backoff), this.#nextRetryAt - now);
  }
}
