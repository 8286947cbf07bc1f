import type { HaltText, PlanLine } from "./halt-text.ts";
import type { OutputLine } from "./output-line.ts";
import { entryOf, type LogRecord } from "./record.ts";
import { beginsRun } from "./runs.ts";
import { bringsInfo, isOpenEnded, sayingOf, textOfRecord } from "./sayings.ts";

/** What cosmovisor says of the program that ended takes nothing back. */
const OF_COSMOVISOR = /\bmodule=cosmovisor\b|"module":"cosmovisor"/;

/** Reads a node's output line by line, and knows which halt texts its last run said. */
export class RunReader {
  #found: HaltText[] = [];
  /** Said by the runs before. */
  readonly #before: HaltText[] = [];
  /** Begin, in `#found`, of what a panic or an error said which nothing came after so far. */
  #ending: number | undefined;
  /** The line before is of a panic that was recovered. */
  #isRecovered = false;
  /** What a panic or an error said is no halt, and may go on: it may quote one. */
  #isInEnd = false;
  /** The message of the record before may go on. */
  #isOpen = false;
  /** A plan's info may go on, to the end of the log. */
  #isInInfo = false;
  #hasBegun = false;

  /** Whether the begin of the last run was read. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  read(line: OutputLine): void {
    const entry = entryOf(line.text);
    if (beginsRun(line, entry)) {
      if (line.isSupervisors || !this.#isInInfo) this.#begin();
      return;
    }
    if (line.isSupervisors || this.#isInInfo) return;
    if (entry.kind === "record") this.#record(entry, line);
    else if (!this.#isOpen) this.#plain(entry.text);
    this.#isInInfo = bringsInfo(entry) && (entry.kind === "record" || !this.#isOpen);
  }

  /** The oldest first. */
  said(): readonly PlanLine[] {
    const from = this.#ending ?? this.#found.length;
    const last = this.#found.map(
      (text, index): PlanLine => (index >= from ? { ...text, ending: true } : text),
    );
    return [...this.#before.filter((text) => last.some((newer) => isDoubtedBy(newer, text))), ...last];
  }

  #begin(): void {
    this.#hasBegun = true;
    this.#before.push(...this.#found);
    this.#found = [];
    this.#ending = undefined;
    this.#isRecovered = false;
    this.#isInEnd = false;
    this.#isOpen = false;
    this.#isInInfo = false;
  }

  #record(record: LogRecord, { text: line }: OutputLine): void {
    this.#isOpen = isOpenEnded(record);
    this.#isRecovered = false;
    this.#isInEnd = false;
    if (!OF_COSMOVISOR.test(line)) this.#ending = undefined;
    const text = textOfRecord(record);
    if (text !== undefined) this.#found.push(text);
  }

  #plain(line: string): void {
    const { text, ending, isRecovered } = sayingOf(line);
    const wasRecovered = this.#isRecovered;
    this.#isRecovered = isRecovered && (ending === "panic" || this.#isRecovered);
    if (ending === "again" && !wasRecovered) return;
    if (ending === "panic" || ending === "error") this.#isInEnd = text === undefined;
    else if (line.trim() === "") this.#isInEnd = false;
    else if (ending === undefined && this.#isInEnd) return;
    if (ending === "panic" || ending === "error") this.#ending = this.#found.length;
    if (text !== undefined) this.#found.push(text);
  }
}

/** No chain goes back: another upgrade at this height or above it was not of a run before, but is hidden by a forged start. */
function isDoubtedBy(newer: HaltText, { plan, height }: HaltText): boolean {
  return height !== undefined && newer.height !== undefined && newer.plan !== plan && height >= newer.height;
}
