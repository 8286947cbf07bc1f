import { type HaltText, isSameText } from "./halt-text.ts";
import type { OutputLine } from "./output-line.ts";

/** What a Go runtime writes before the stacks of its goroutines: of a panic, of a signal, of its own. */
const CAUSE_OF_TRACE = /^(?:panic: |fatal error: |SIG[A-Z]+: |runtime: |unexpected fault )/;
const TRACE = /^goroutine \d+ \[/;

/** A halt text, and the start that came after it. */
interface Cut {
  readonly text: HaltText;
  readonly start: string;
}

/**
 * Doubts a start that comes after a halt text: the plan's info may hold line breaks, and what looks like a start. It is taken
 * for one that was written into an info where
 *
 * - the trace of a panic follows without its panic: the start stands within what the panic says, or
 * - each of two copies of the same text, as a node writes its halt twice at least, is followed by the very same start, or
 * - a copy that is written with its line breaks escaped has that start in it.
 */
export class StartDoubt {
  #hidden: HaltText | undefined;
  /** The last text of the run, where its info could go on in the next lines. */
  #open: HaltText | undefined;
  /** What began this run, where it followed a text. */
  #cut: Cut | undefined;
  /** The last text that was written with its line breaks escaped. */
  #whole: { readonly text: HaltText; readonly lines: readonly string[] } | undefined;
  /** What the run before panicked with. */
  #panic: HaltText | undefined;
  #hasCause = false;
  #isTraced = false;

  /** The line read last begins the trace of what ended the process. */
  get isTraced(): boolean {
    return this.#isTraced;
  }

  /** The halt text that a start hides which may be no start. */
  get hidden(): HaltText | undefined {
    return this.#hidden;
  }

  /** `panic`: the halt text that the run before panicked with. */
  begin({ text: start, isSupervisors }: OutputLine, panic: HaltText | undefined): void {
    if (isSupervisors) {
      this.#hidden = undefined;
      this.#cut = undefined;
      this.#whole = undefined;
    } else if (this.#open !== undefined) {
      const cut = { text: this.#open, start };
      const isAgain = this.#cut !== undefined && isSameText(this.#cut.text, cut.text);
      if ((isAgain && isOneLine(this.#cut?.start, start)) || this.#isInWhole(cut)) this.#hidden = cut.text;
      this.#cut = cut;
    }
    this.#panic = isSupervisors ? undefined : panic;
    this.#open = undefined;
    this.#hasCause = false;
  }

  /** `whole`: what the text was read in, where its line breaks were escaped. */
  said(text: HaltText, whole: string | undefined): void {
    this.#open = whole === undefined ? text : undefined;
    if (whole === undefined) return;
    this.#whole = { text, lines: whole.split("\n").slice(1) };
    if (this.#cut !== undefined && this.#isInWhole(this.#cut)) this.#hidden = text;
  }

  plain(line: string): void {
    if (CAUSE_OF_TRACE.test(line)) this.#hasCause = true;
    this.#isTraced = this.#hasCause && TRACE.test(line);
    if (TRACE.test(line) && !this.#hasCause && this.#panic !== undefined) this.#hidden = this.#panic;
  }

  #isInWhole({ text, start }: Cut): boolean {
    const whole = this.#whole;
    return (
      whole !== undefined &&
      isSameText(whole.text, text) &&
      whole.lines.some((line) => isOneLine(line, start))
    );
  }
}

/** The fields of a message, or what a wrapper says, may follow the info on its last line. */
function isOneLine(a = "", b = ""): boolean {
  return a !== "" && b !== "" && (a.startsWith(b) || b.startsWith(a));
}
