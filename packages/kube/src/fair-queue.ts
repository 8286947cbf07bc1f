/** Keys that wait, in lanes that are taken from in turn: a lane of a thousand keys holds no other lane up. */
export class FairQueue {
  readonly #lanes = new Map<string, Set<string>>();
  readonly #laneOf = new Map<string, string>();

  get size(): number {
    return this.#laneOf.size;
  }

  has(key: string): boolean {
    return this.#laneOf.has(key);
  }

  /** Puts `key` at the end of its lane; one that waits already stays where it is. */
  add(lane: string, key: string): void {
    if (this.#laneOf.has(key)) return;
    this.#laneOf.set(key, lane);
    const keys = this.#lanes.get(lane) ?? new Set();
    this.#lanes.set(lane, keys.add(key));
  }

  delete(key: string): void {
    const lane = this.#laneOf.get(key);
    if (lane === undefined) return;
    this.#laneOf.delete(key);
    const keys = this.#lanes.get(lane);
    keys?.delete(key);
    if (keys?.size === 0) this.#lanes.delete(lane);
  }

  /** Takes the first key of the next lane that is open; that lane has its next turn after all others. */
  take(isOpen: (lane: string) => boolean): { readonly lane: string; readonly key: string } | undefined {
    for (const [lane, keys] of this.#lanes) {
      const [key] = keys;
      if (key === undefined || !isOpen(lane)) continue;
      this.delete(key);
      if (this.#lanes.delete(lane)) this.#lanes.set(lane, keys);
      return { lane, key };
    }
    return undefined;
  }

  clear(): void {
    this.#lanes.clear();
    this.#laneOf.clear();
  }
}
