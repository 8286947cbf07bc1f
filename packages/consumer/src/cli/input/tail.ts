/** So many bytes of a stream's end are kept at least, where it has them. */
export const KEPT = 65_536;

const LINE_FEED = 10;

/**
 * The end of a stream of bytes: at least the last `KEPT` of it, and never more than twice that, from the begin of a line
 * on: what is left of a line that was cut could pass for another.
 */
export class Tail {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isCut: boolean;

  /** `isCut`: the stream begins in the middle of a line. */
  constructor(isCut = false) {
    this.#isCut = isCut;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes <= 2 * KEPT) return;
    const kept = Buffer.concat(this.#chunks).subarray(-KEPT);
    this.#chunks = [Buffer.from(kept)];
    this.#bytes = kept.length;
    this.#isCut = true;
  }

  text(): string {
    const kept = Buffer.concat(this.#chunks);
    if (!this.#isCut) return kept.toString();
    const end = kept.indexOf(LINE_FEED);
    return end < 0 ? "" : kept.subarray(end + 1).toString();
  }
}
