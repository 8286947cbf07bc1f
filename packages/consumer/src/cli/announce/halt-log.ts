import { findOwnLines, type PlanLine, readOwnRun } from "../../log/find-plan-lines.ts";
import { isSameText } from "../../log/halt-text.ts";
import { STREAM_MARKS } from "../input/stream-mark.ts";
import { KEPT, Tail } from "../input/tail.ts";

/** What every halt line has. One expression over one-byte characters costs a third of three searches of bytes. */
const LINES = /NEEDED at height|BINARY UPDATED BEFORE|upgrade handler is missing/;
/** What the begin of a run has, and maybe other lines: it is read before it is gone then. */
const STARTS =
  /tarting node with ABCI|tarting ABCI|ABCI Handshake|Version info|applying upgrade|SKIPPED at |running app|\] starting|Started /;
/** What an end of a process has, and other lines too. */
const ENDS =
  /panic: |error: |Error: |ERROR: |error during handshake: | node: |failure when running app|failed init node|app died/;
const LONGEST_WORD = 32;
/** More lines than this that say different things are a dispute already. */
const MOST = 4;

/**
 * The halt lines of a node's output, in a bounded memory: the end of the output as it is, and what was found before it. A
 * node that lives on after its halt goes on to write.
 */
export class HaltLog {
  readonly #tail = new Tail();
  #kept: readonly PlanLine[] = [];
  #unread = 0;
  #isDue = false;

  push(chunk: Uint8Array): void {
    // A piece no longer than what the tail keeps: no line passes through unseen.
    for (let at = 0; at < chunk.length; at += KEPT / 2) this.#take(chunk.subarray(at, at + KEPT / 2));
  }

  text(): string {
    return this.#tail.text();
  }

  /** The halt lines that can be read for sure. */
  planLines(): readonly PlanLine[] {
    return this.allLines().filter(({ unsure }) => unsure !== true);
  }

  /** These, and one that cannot, as `findPlanLines` has it with `withUnsure`. */
  allLines(): readonly PlanLine[] {
    if (this.#isDue) this.#read();
    return this.#kept.length === 0 ? findOwnLines(this.text(), STREAM_MARKS) : this.#known();
  }

  #take(piece: Uint8Array): void {
    this.#tail.push(piece);
    this.#unread += piece.length;
    const latest = this.#tail.lastBytes(piece.length + LONGEST_WORD);
    if (LINES.test(latest) || (this.#kept.length > 0 && (STARTS.test(latest) || ENDS.test(latest))))
      this.#isDue = true;
    if (this.#isDue && this.#unread >= KEPT / 2) this.#read();
  }

  /** What was kept is of another run where a new one has begun since. */
  #known(): readonly PlanLine[] {
    const { planLines, isWhole, endsOtherwise } = readOwnRun(this.text(), STREAM_MARKS);
    return isWhole ? planLines : merge(planLines, endsOtherwise ? this.#kept.map(asReplaced) : this.#kept);
  }

  #read(): void {
    this.#kept = this.#known();
    this.#isDue = false;
    this.#unread = 0;
  }
}

function asReplaced(line: PlanLine): PlanLine {
  return { ...line, replaced: true };
}

function merge(newer: readonly PlanLine[], older: readonly PlanLine[]): readonly PlanLine[] {
  const others = older.filter((line) => !newer.some((other) => isSameText(line, other)));
  // That it was the text of a panic holds for the end of an output alone.
  const all = [
    ...newer,
    ...others.map(({ ending, ...line }) => (ending ? { ...line, outlived: ending } : line)),
  ];
  const sure = all.filter(({ unsure }) => unsure !== true).slice(0, MOST);
  const unsure = all.findLast((line) => line.unsure) ?? (sure.length > 1 ? older.at(-1) : undefined);
  return [...sure, ...(unsure === undefined ? [] : [{ ...unsure, unsure: true as const }])];
}
