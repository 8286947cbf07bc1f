import { FairQueue, namespaceOfKey } from "@upgrade-halt/kube";

/** Readings that are due, one after the other: namespaces take turns, so that thousands of nodes of one hold up no other's. */
export class StatusTurns {
  readonly #apartMs: () => number;
  readonly #queue = new FairQueue();
  readonly #reads = new Map<string, () => void>();
  #nextAt = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `apartMs` says how long after one reading the next one is, whosever it is. */
  constructor(apartMs: () => number) {
    this.#apartMs = apartMs;
  }

  /** Reads the pod with this key when it is its turn, which may be at once. */
  add(key: string, read: () => void): void {
    if (this.#queue.size === 0) this.#nextAt = Math.max(this.#nextAt, performance.now());
    this.#reads.set(key, read);
    this.#queue.add(namespaceOfKey(key), key);
    this.#takeDue();
  }

  delete(key: string): void {
    this.#queue.delete(key);
    this.#reads.delete(key);
    if (this.#queue.size === 0) this.#clear();
  }

  #takeDue(): void {
    for (;;) {
      const early = this.#nextAt - performance.now();
      if (early > 0 && this.#queue.size > 0) {
        this.#clear();
        this.#timer = setTimeout(() => this.#takeDue(), early);
        return;
      }
      const next = this.#queue.take(() => true);
      if (next === undefined) return;
      this.#nextAt += this.#apartMs();
      const read = this.#reads.get(next.key);
      this.#reads.delete(next.key);
      read?.();
    }
  }

  #clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
