import { type HaltText, isSameText, type PlanLine } from "./halt-text.ts";
import {
  infoIn,
  isOpenEnded,
  isProgramsEnd,
  isSkip,
  sayingOf,
  textOfRecord,
  wholeTextOf,
} from "./halt-text-in-entry.ts";
import { entryOf, type LogEntry, type LogRecord } from "./logger-formats.ts";
import type { OutputLine } from "./output-line.ts";
import { isFields } from "./pairs.ts";
import { endOfJsonInfo } from "./plan-info.ts";
import { beginsRun } from "./runs.ts";
import { StartDoubt } from "./start-doubt.ts";

/** What a Go runtime says of an end that is its own doing. That of a signal may be of a halted process that was told to end. */
const OTHER_END = /^fatal error: /;
const SIGNAL = /^SIG[A-Z]+: /;
/** What cosmovisor says of the program that ended takes nothing back. */
const OF_COSMOVISOR = /\bmodule=cosmovisor\b|"module":"cosmovisor"/;

/** What x/upgrade's logger puts behind each message. */
const FIELD_OF_UPGRADE = "module=x/upgrade";

/** Reads a node's output line by line, and knows which halt texts its last run said. */
export class RunReader {
  #found: HaltText[] = [];
  /** Said by the runs before. */
  readonly #before: HaltText[] = [];
  readonly #doubt = new StartDoubt();
  /** Begin, in `#found`, of what a panic or an error said which nothing came after so far. */
  #ending: number | undefined;
  /** No word before that error told it from others: whatever else is said may be the error of a process after it. */
  #isBare = false;
  /** So many of the texts found are of a process that a panic or an error ended. */
  #left = 0;
  /** After so many of the texts found, a process ended by something else. */
  #replaced = 0;
  #endsOtherwise = false;
  /** The line before is of a panic that was recovered. */
  #isRecovered = false;
  /** What a panic or an error said is no halt, and may go on, over empty lines and what looks like a trace: it may quote one. */
  #isInEnd = false;
  /** Whether the message of the record before may go on; that record until somebody asks: few are asked of all that there are. */
  #open: LogRecord | boolean = false;
  /** A plan's info may go on, to the end of the log. */
  #isInInfo = false;
  /** What may be a start, or of an info, came after the last text, or what is said may be of an info. */
  #isMaybeOver = false;
  #hasBegun = false;
  readonly #oldest: number;

  /** What was written before `oldest`, in ms since the epoch, is of another process. */
  constructor(oldest: number) {
    this.#oldest = oldest;
  }

  /** Whether the begin of the last run was read. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Whether what was said last of an end is no halt. */
  get endsOtherwise(): boolean {
    return this.#endsOtherwise;
  }

  read(lines: readonly OutputLine[]): void {
    for (let at = 0; at < lines.length; at += 1) {
      const line = lines[at];
      if (line !== undefined) at = this.#line(line, lines, at);
    }
  }

  /** The oldest first. */
  said(): readonly PlanLine[] {
    const from = this.#ending ?? this.#found.length;
    const last = this.#found.map(
      (text, index): PlanLine => ({
        ...text,
        ...(index >= from ? { ending: true } : {}),
        ...(this.#ending === undefined && index < this.#left ? { outlived: true } : {}),
        ...(this.#isMaybeOver ? { unsure: true } : {}),
        ...(this.#isReplaced(text, index) ? { replaced: true } : {}),
      }),
    );
    const before = this.#before.filter((text) => last.some((newer) => isDoubtedBy(newer, text)));
    const { hidden } = this.#doubt;
    const isSaidAgain =
      last.length > 0 && last.every((text) => hidden !== undefined && isSameText(text, hidden));
    return [
      ...(hidden === undefined || isSaidAgain ? [] : [{ ...hidden, unsure: true as const }]),
      ...before,
      ...last,
    ];
  }

  /** Reads the line at an index, and with it what follows of the info in it: the index of the last line that was read. */
  #line(line: OutputLine, lines: readonly OutputLine[], at: number): number {
    const entry = entryOf(line.text);
    if (beginsRun(line, entry)) {
      if (line.isSupervisors || !this.#isInInfo) this.#begin(line);
      else this.#isMaybeOver = true;
      return at;
    }
    const skips = entry.kind === "record" && isSkip(entry);
    if (skips && this.#isInInfo) this.#isMaybeOver = true;
    if (line.isSupervisors || this.#isInInfo) return at;
    if (skips) this.#begin(line);
    if (entry.kind === "record") this.#record(entry, line);
    else if (this.#isOpen() || !this.#plain(entry.text)) return at;
    return this.#info(entry, lines, at);
  }

  #info(entry: LogEntry, lines: readonly OutputLine[], at: number): number {
    const info = infoIn(entry);
    if (info === undefined) return at;
    const isFollowed = info.of === "scheduled" || (info.of === "needed" && info.begin.trim() !== "");
    const end = isFollowed ? endOfJsonInfo(info.begin, lines, at) : undefined;
    // Of a plan that has come, only what is surely its info is passed over: what is not, is a second text, and a doubt.
    if (info.of === "needed") return end?.at ?? at;
    if (end !== undefined && isFields(end.rest)) return end.at;
    // An info may itself be what follows an empty one, and go on.
    if (info.of === "skipped" && info.begin.trim() === FIELD_OF_UPGRADE) this.#isMaybeOver = true;
    else this.#isInInfo = true;
    return at;
  }

  #begin(line: OutputLine): void {
    this.#doubt.begin(line, this.#found[this.#ending ?? this.#found.length]);
    this.#hasBegun = true;
    this.#before.push(...this.#found);
    this.#found = [];
    this.#ending = undefined;
    this.#isBare = false;
    this.#left = 0;
    this.#replaced = 0;
    this.#endsOtherwise = false;
    this.#isRecovered = false;
    this.#isInEnd = false;
    this.#open = false;
    this.#isInInfo = false;
    this.#isMaybeOver = false;
  }

  #isOpen(): boolean {
    if (typeof this.#open === "object") this.#open = isOpenEnded(this.#open);
    return this.#open;
  }

  #record(record: LogRecord, { text: line }: OutputLine): void {
    this.#open = record;
    this.#isRecovered = false;
    this.#isInEnd = false;
    if (this.#ending !== undefined && !OF_COSMOVISOR.test(line)) this.#ending = undefined;
    const text = textOfRecord(record);
    if (record.at !== undefined && record.at < this.#oldest) return;
    const isEnd = isProgramsEnd(record);
    if (isEnd) this.#end(text);
    if (text !== undefined) this.#say(text, wholeTextOf(record));
    if (text !== undefined && isEnd) this.#left = this.#found.length;
  }

  /** A process ends, and says so with this text, or with another error. */
  #end(text: HaltText | undefined): void {
    if (text === undefined) this.#endOtherwise();
    this.#ending = this.#found.length;
    this.#isBare = false;
  }

  #endOtherwise(): void {
    this.#replaced = this.#found.length;
    this.#endsOtherwise = true;
  }

  /** Whether the line was said by the node itself, and by no text that goes on. */
  #plain(line: string): boolean {
    this.#doubt.plain(line);
    if (this.#doubt.isTraced) this.#left = this.#found.length;
    const { text, ending, isRecovered, isOfWrapper } = sayingOf(line);
    const wasRecovered = this.#isRecovered;
    this.#isRecovered = isRecovered && (ending === "panic" || this.#isRecovered);
    if (ending === "again" && !wasRecovered) return false;
    if (SIGNAL.test(line)) this.#replaced = Math.max(this.#replaced, this.#left);
    const isError = ending === "error" || ending === "bare";
    const isEnd = ending === "panic" || isError;
    if (OTHER_END.test(line)) this.#endOtherwise();
    if (isEnd) this.#isInEnd = text === undefined;
    else if (ending === undefined && this.#isInEnd) return false;
    if (isEnd) this.#end(text);
    else if (this.#isBare && isOfWrapper === undefined && line.trim() !== "") this.#ending = undefined;
    if (isEnd) this.#isBare = ending === "bare";
    if (text !== undefined) this.#say(text, undefined);
    if (text !== undefined && isError) this.#left = this.#found.length;
    return true;
  }

  /** What the process that ended last said again is its own. */
  #isReplaced(text: HaltText, index: number): boolean {
    return (
      index < this.#replaced && !this.#found.slice(this.#replaced).some((other) => isSameText(text, other))
    );
  }

  #say(text: HaltText, whole: string | undefined): void {
    this.#found.push(text);
    this.#endsOtherwise = false;
    this.#doubt.said(text, whole);
  }
}

/** No chain goes back: another upgrade at this height or above it was not of a run before, but is hidden by a forged start. */
function isDoubtedBy(newer: HaltText, { plan, height }: HaltText): boolean {
  return height !== undefined && newer.height !== undefined && newer.plan !== plan && height >= newer.height;
}
