export interface KeyQueueOptions {
  /** Brings one key's object to where it should be; a rejection is retried with growing waits. */
  readonly reconcile: (key: string) => Promise<void>;
  readonly onError?: (key: string, error: unknown) => void;
  readonly firstRetryMs?: number;
  readonly lastRetryMs?: number;
}

/** Reconciles keys: each at most once at a time, a key added meanwhile once more, failures again later. */
export class KeyQueue {
  readonly #options: KeyQueueOptions;
  readonly #running = new Set<string>();
  readonly #again = new Set<string>();
  readonly #retries = new Map<string, number>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #isStopped = false;

  constructor(options: KeyQueueOptions) {
    this.#options = options;
  }

  /** Asks for a reconcile of `key`, now or as soon as the one under way is done. */
  add(key: string): void {
    if (this.#isStopped) return;
    if (this.#running.has(key)) this.#again.add(key);
    else void this.#run(key);
  }

  addAfter(key: string, milliseconds: number): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => {
        this.#timers.delete(key);
        this.add(key);
      }, milliseconds),
    );
  }

  /** Drops everything that waits; what runs is left to end. */
  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  async #run(key: string): Promise<void> {
    this.#running.add(key);
    try {
      await this.#options.reconcile(key);
      this.#retries.delete(key);
    } catch (error) {
      if (!this.#isStopped) {
        this.#options.onError?.(key, error);
        this.addAfter(key, this.#backOff(key));
      }
    } finally {
      this.#running.delete(key);
      if (this.#again.delete(key)) this.add(key);
    }
  }

  #backOff(key: string): number {
    const retries = this.#retries.get(key) ?? 0;
    this.#retries.set(key, retries + 1);
    const { firstRetryMs = 5, lastRetryMs = 2_000 } = this.#options;
    return Math.min(firstRetryMs * 2 ** retries, lastRetryMs);
  }
}
