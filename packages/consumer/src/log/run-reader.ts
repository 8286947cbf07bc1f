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

/** What a stream said last: what of it may go on in its next lines. */
class Heard {
  /** The line before is of a panic that was recovered. */
  isRecovered = false;
  /** What a panic or an error said is no halt, and may go on, over empty lines and what looks like a trace: it may quote one. */
  isInEnd = false;
  /** Whether the message of the record before may go on; that record until somebody asks: few are asked of all that there are. */
  #open: LogRecord | boolean = false;

  record(record: LogRecord): void {
    this.#open = record;
    this.isRecovered = false;
    this.isInEnd = false;
  }

  isOpen(): boolean {
    if (typeof this.#open === "object") this.#open = isOpenEnded(this.#open);
    return this.#open;
  }
}

/** What a panic or an error said which nothing came after so far. */
interface Ending {
  /** Its begin in the texts found. */
  readonly from: number;
  readonly stream: number | undefined;
  /** No word before the error told it from others: whatever else is said may be the error of a process after it. */
  readonly isBare: boolean;
  /** What the other stream says from here on was written after it. */
  readonly isHeardOut?: true;
}

/** Reads a node's output line by line, and knows which halt texts its last run said. */
export class RunReader {
  #found: HaltText[] = [];
  /** Said by the runs before. */
  readonly #before: HaltText[] = [];
  readonly #doubt = new StartDoubt();
  #ending: Ending | undefined;
  readonly #heard = new Map<number | undefined, Heard>();
  /** So many of the texts found are of a process that a panic or an error ended. */
  #left = 0;
  /** After so many of the texts found, a process ended by something else. */
  #replaced = 0;
  #endsOtherwise = false;
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
    const from = this.#ending?.from ?? this.#found.length;
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
    if (line.isLater && this.#ending !== undefined && this.#ending.stream !== line.stream)
      this.#ending = { ...this.#ending, isHeardOut: true };
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
    else if (this.#of(line).isOpen() || !this.#plain(line)) return at;
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
    this.#doubt.begin(line, this.#found[this.#ending?.from ?? this.#found.length]);
    this.#hasBegun = true;
    this.#before.push(...this.#found);
    this.#found = [];
    this.#ending = undefined;
    this.#heard.delete(line.stream);
    this.#left = 0;
    this.#replaced = 0;
    this.#endsOtherwise = false;
    this.#isInInfo = false;
    this.#isMaybeOver = false;
  }

  #of({ stream }: OutputLine): Heard {
    const known = this.#heard.get(stream);
    if (known !== undefined) return known;
    const heard = new Heard();
    this.#heard.set(stream, heard);
    return heard;
  }

  #record(record: LogRecord, line: OutputLine): void {
    this.#of(line).record(record);
    if (this.#ending !== undefined && !OF_COSMOVISOR.test(line.text)) this.#takeBack(line);
    const text = textOfRecord(record);
    if (record.at !== undefined && record.at < this.#oldest) return;
    const isEnd = isProgramsEnd(record);
    if (isEnd) this.#end(text, line, false);
    if (text !== undefined) this.#say(text, wholeTextOf(record), line);
    if (text !== undefined && isEnd) this.#left = this.#found.length;
  }

  /** What comes after an end on its stream is of another process. On the other stream it may be late. */
  #takeBack({ stream }: OutputLine): void {
    if (this.#ending?.isHeardOut || this.#ending?.stream === stream) this.#ending = undefined;
  }

  /** A process ends, and says so with this text, or with another error. */
  #end(text: HaltText | undefined, { stream }: OutputLine, isBare: boolean): void {
    if (text === undefined) this.#endOtherwise();
    this.#ending = { from: this.#found.length, stream, isBare };
  }

  #endOtherwise(): void {
    this.#replaced = this.#found.length;
    this.#endsOtherwise = true;
  }

  /** Whether the line was said by the node itself, and by no text that goes on. */
  #plain(line: OutputLine): boolean {
    this.#doubt.plain(line.text);
    if (this.#doubt.isTraced) this.#left = this.#found.length;
    const { text, ending, isRecovered, isOfWrapper } = sayingOf(line.text);
    const heard = this.#of(line);
    const wasRecovered = heard.isRecovered;
    heard.isRecovered = isRecovered && (ending === "panic" || wasRecovered);
    if (ending === "again" && !wasRecovered) return false;
    if (SIGNAL.test(line.text)) this.#replaced = Math.max(this.#replaced, this.#left);
    const isError = ending === "error" || ending === "bare";
    const isEnd = ending === "panic" || isError;
    if (OTHER_END.test(line.text)) this.#endOtherwise();
    if (isEnd) heard.isInEnd = text === undefined;
    else if (ending === undefined && heard.isInEnd) return false;
    if (isEnd) this.#end(text, line, ending === "bare");
    else if (this.#ending?.isBare && isOfWrapper === undefined && line.text.trim() !== "")
      this.#takeBack(line);
    if (text !== undefined) this.#say(text, undefined, line);
    if (text !== undefined && isError) this.#left = this.#found.length;
    return true;
  }

  /** What the process that ended last said again is its own. */
  #isReplaced(text: HaltText, index: number): boolean {
    return (
      index < this.#replaced && !this.#found.slice(this.#replaced).some((other) => isSameText(text, other))
    );
  }

  #say(text: HaltText, whole: string | undefined, { stream }: OutputLine): void {
    this.#doubt.said(text, whole);
    const { from, stream: ofEnding } = this.#ending ?? {};
    if (from === undefined || ofEnding === stream) {
      this.#found.push(text);
      this.#endsOtherwise = false;
    } else this.#sayBefore(from, text);
  }

  /** What comes late on the other stream was written before the end: nothing but the begin of a run is written after one. */
  #sayBefore(from: number, text: HaltText): void {
    this.#found.splice(from, 0, text);
    if (this.#ending !== undefined) this.#ending = { ...this.#ending, from: from + 1 };
    if (this.#left > from) this.#left += 1;
    if (this.#replaced >= from && this.#endsOtherwise) this.#replaced += 1;
  }
}

/** No chain goes back: another upgrade at this height or above it was not of a run before, but is hidden by a forged start. */
function isDoubtedBy(newer: HaltText, { plan, height }: HaltText): boolean {
  return height !== undefined && newer.height !== undefined && newer.plan !== plan && height >= newer.height;
}
