/** So many bytes of a stream's end are kept at least, where it has them. */
export const KEPT = 65_536;

const LINE_FEED = 10;

/**
 * The end of a stream of bytes: at least the last `atLeast` of it (`KEPT` where nothing is said), and never more than twice that,
 * from the begin of a line on: what is left of a line that was cut could pass for another.
 */
export class Tail {
  readonly #atLeast: number;
  readonly #kept: Buffer;
  #bytes = 0;
  #isCut = false;

  constructor(atLeast = KEPT) {
    this.#atLeast = atLeast;
    this.#kept = Buffer.allocUnsafe(2 * atLeast);
  }

  /** Takes a copy of the chunk. */
  push(chunk: Uint8Array): void {
    const end = chunk.subarray(-this.#kept.length);
    if (this.#bytes + chunk.length > this.#kept.length) {
      this.#isCut = true;
      const before = Math.max(0, this.#atLeast - end.length);
      this.#kept.copyWithin(0, this.#bytes - before, this.#bytes);
      this.#bytes = before;
    }
    this.#kept.set(end, this.#bytes);
    this.#bytes += end.length;
  }

  /** The last `count` bytes, as many as are kept, as one character each. */
  lastBytes(count: number): string {
    return this.#kept.toString("latin1", Math.max(0, this.#bytes - count), this.#bytes);
  }

  text(): string {
    const kept = this.#kept.subarray(0, this.#bytes);
    if (!this.#isCut) return kept.toString();
    const end = kept.indexOf(LINE_FEED);
    return end < 0 ? "" : kept.subarray(end + 1).toString();
  }
}
