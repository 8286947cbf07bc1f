import { randomUUID } from "node:crypto";

/** No command can know it, and so write it. */
const SECRET = randomUUID();

/** The lines that tell, in an output that came on two streams, of which stream what follows is, and when it was written. */
export const STREAM_MARKS = {
  streamMark: `another stream: ${SECRET}`,
  laterMark: `written later: ${SECRET}`,
} as const;

/** Two streams that are written down in one place. */
export interface MarkedStreams {
  readonly see: (lines: Uint8Array, stream: 0 | 1) => void;
  /** Tells whether a stream isn't read for now, as what was read of it can't be given on. */
  readonly hold: (isHeld: boolean, stream: 0 | 1) => void;
}

/** Writes down what comes on two streams, with marks wherever the stream changes, and where one is up to date with the other. */
export function markStreams(give: (lines: Uint8Array) => void): MarkedStreams {
  const mark = Buffer.from(`${STREAM_MARKS.streamMark}\n`);
  const later = Buffer.from(`${STREAM_MARKS.laterMark}\n`);
  const backlogs = [new Backlog(), new Backlog()] as const;
  let last: 0 | 1 = 0;
  return {
    see: (lines, stream) => {
      if (stream !== last) give(mark);
      if (backlogs[stream].takeOver()) give(later);
      last = stream;
      give(lines);
      backlogs[stream === 0 ? 1 : 0].begin();
    },
    hold: (isHeld, stream) => backlogs[stream].hold(isHeld),
  };
}

/** What one stream may still hold that was written before what the other one said last. */
class Backlog {
  #is: "unread" | "over" | "told" = "told";
  #isHeld = false;
  #turn: NodeJS.Immediate | undefined;

  begin(): void {
    this.#is = "unread";
    this.#waitForTurns();
  }

  hold(isHeld: boolean): void {
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    if (this.#is === "unread") this.#waitForTurns();
  }

  /** Whether it is over, the first time that it is asked since. */
  takeOver(): boolean {
    if (this.#is !== "over") return false;
    this.#is = "told";
    return true;
  }

  /** What a pipe holds is read in one turn of the event loop, which is a whole one only after the turn that has begun. */
  #waitForTurns(): void {
    clearImmediate(this.#turn);
    if (this.#isHeld) return;
    this.#turn = setImmediate(() => {
      this.#turn = setImmediate(() => {
        this.#is = "over";
      });
    });
  }
}
