/** So many bytes of a stream's end are kept at least, where it has them. */
export const KEPT = 65_536;

/** The end of a stream of bytes: at least the last `KEPT` of it, and never more than twice that. */
export class Tail {
  #chunks: Buffer[] = [];
  #bytes = 0;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes <= 2 * KEPT) return;
    const kept = Buffer.concat(this.#chunks).subarray(-KEPT);
    this.#chunks = [Buffer.from(kept)];
    this.#bytes = kept.length;
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}
