import { FairQueue } from "@upgrade-halt/kube";

/** What a log is read for: to find a halt in it, or to see one again right before an act, which waits for that. */
export type LogPurpose = "discovery" | "before-act";

/** So many logs are read at a time at most: one place is never taken by those that are only searched for a halt. */
const PLACES = { discovery: 4, "before-act": 5 } as const;

/**
 * Whose log is read next. What an act waits for goes first, then namespaces have their turns one after the other, and each
 * leaves a place to the others: machines that do not answer make the logs of no other namespace wait.
 */
export class LogTurns {
  readonly #queues = { "before-act": new FairQueue(), discovery: new FairQueue() };
  readonly #starts = new Map<string, () => void>();
  readonly #ofNamespace = new Map<string, number>();
  readonly #reading = { "before-act": 0, discovery: 0 };
  #tickets = 0;

  /** Reads once it is this namespace's turn. */
  async take<T>(purpose: LogPurpose, namespace: string, read: () => Promise<T>): Promise<T> {
    await new Promise<void>((start) => {
      this.#tickets += 1;
      const ticket = String(this.#tickets);
      this.#starts.set(ticket, start);
      this.#queues[purpose].add(namespace, ticket);
      this.#fill();
    });
    try {
      return await read();
    } finally {
      this.#count(purpose, namespace, -1);
      this.#fill();
    }
  }

  #fill(): void {
    while (this.#fillOne("before-act") || this.#fillOne("discovery"));
  }

  #fillOne(purpose: LogPurpose): boolean {
    const { discovery, "before-act": beforeAct } = this.#reading;
    const taken = purpose === "discovery" ? discovery : 0;
    if (taken >= PLACES[purpose] || discovery + beforeAct >= PLACES["before-act"]) return false;
    const next = this.#queues[purpose].take((namespace) => this.#in(namespace) < PLACES[purpose] - 1);
    if (next === undefined) return false;
    this.#count(purpose, next.lane, 1);
    this.#starts.get(next.key)?.();
    this.#starts.delete(next.key);
    return true;
  }

  #in(namespace: string): number {
    return this.#ofNamespace.get(namespace) ?? 0;
  }

  #count(purpose: LogPurpose, namespace: string, by: 1 | -1): void {
    this.#reading[purpose] += by;
    const count = this.#in(namespace) + by;
    if (count === 0) this.#ofNamespace.delete(namespace);
    else this.#ofNamespace.set(namespace, count);
  }
}
