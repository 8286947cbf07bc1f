/** Longer than anything is tried again after: what is noted later has been over in between. */
const GAP_MS = 600_000;

/** How long each of some things has lasted since it was noted first. */
export class Lasting {
  readonly #now: () => number;
  readonly #noted = new Map<string, { readonly since: number; readonly last: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes it, and returns for how many milliseconds it has lasted. */
  note(key: string): number {
    const now = this.#now();
    const known = this.#noted.get(key);
    const since = known === undefined || now - known.last > GAP_MS ? now : known.since;
    this.#noted.set(key, { since, last: now });
    return Math.abs(now - since);
  }

  over(key: string): void {
    this.#noted.delete(key);
  }
}
