import { type OutputLine, sourceWithin } from "./output-line.ts";

/** What one record of a log holds: what a node wrote, or a part of it. */
export interface Piece {
  readonly text: string;
  readonly at?: number | undefined;
  readonly isSupervisors?: boolean | undefined;
  readonly source?: string | undefined;
  /** Parts of one line are of one stream. */
  readonly stream?: string | undefined;
  /** The rest of the line is in the next piece of this stream. */
  readonly goesOn?: boolean;
}

/** Longest line that is put together from parts, in characters: a halt line with the longest `info` is far below. */
const LONGEST_JOINED = 1_048_576;

/** Puts the lines of a node together again from the pieces that its platform made of them. */
export class LineJoiner {
  readonly #whole: OutputLine[] = [];
  readonly #begun = new Map<string, OutputLine>();

  add({ text, at, isSupervisors, stream, goesOn, ...piece }: Piece, around?: OutputLine): void {
    const source = sourceWithin(around?.source, piece.source);
    const key = JSON.stringify([source, stream]);
    // Of a line that is too long only the begin is kept: its rest is no line of its own.
    const joined = ((this.#begun.get(key)?.text ?? "") + text).slice(0, LONGEST_JOINED);
    if (goesOn) {
      this.#begun.set(key, { text: joined, source });
      return;
    }
    this.#begun.delete(key);
    const isOfSupervisor = around?.isSupervisors || isSupervisors;
    this.#whole.push({ text: joined, at: around?.at ?? at, isSupervisors: isOfSupervisor, source });
  }

  /** All lines, those that were only begun at the end; `undefined` where there are none. */
  lines(): readonly OutputLine[] | undefined {
    const lines = [...this.#whole, ...this.#begun.values()];
    return lines.length > 0 ? lines : undefined;
  }
}
