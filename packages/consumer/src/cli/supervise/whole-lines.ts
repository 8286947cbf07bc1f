import { KEPT } from "../input/tail.ts";

const LINE_FEED = 10;
const END_OF_LINE = Uint8Array.of(LINE_FEED);

/**
 * Gives the lines of one stream on whole, each once it ends. Two streams of a command are read in pieces: what one writes would
 * otherwise fall into a line of the other, and the rest of that line could pass for one.
 */
export class WholeLines {
  readonly #give: (lines: Uint8Array) => void;
  readonly #open = Buffer.allocUnsafe(KEPT);
  #bytes = 0;
  /** Of a line that is too long only the begin is kept: its rest is no line of its own. */
  #isCut = false;

  /** `give` takes a copy of what it is given. */
  constructor(give: (lines: Uint8Array) => void) {
    this.#give = give;
  }

  push(chunk: Uint8Array): void {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) this.#end(chunk.subarray(this.#isCut ? chunk.indexOf(LINE_FEED) : 0, end));
    const rest = chunk.subarray(end, end + KEPT - this.#bytes);
    this.#open.set(rest, this.#bytes);
    this.#bytes += rest.length;
    if (rest.length < chunk.length - end) this.#isCut = true;
  }

  /** Gives a line that has no end as if it had one. */
  flush(): void {
    if (this.#bytes > 0) this.#end(END_OF_LINE);
  }

  #end(rest: Uint8Array): void {
    if (this.#bytes > 0) this.#give(this.#open.subarray(0, this.#bytes));
    this.#bytes = 0;
    this.#isCut = false;
    this.#give(rest);
  }
}
