import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** So long after the last of a halt's work memory counts for more than time again. */
const CALM_MS = 10_000;

/** What is short-lived has 1 MiB, as at the start: left to itself that grows to 16, twice, by the answers of nodes alone. */
const SAVING = ["--memory-saver-mode", "--semi-space-growth-factor=1"];
const SPENDING = ["--no-memory-saver-mode", "--semi-space-growth-factor=2"];

/**
 * Makes V8 collect sooner and let its heap grow less, but for the time in which halts are acted on. What the controller
 * keeps of ten thousand pods is 30 MB; left to itself V8 keeps the garbage of their first list for as long as nothing else
 * is to be done. While a block of halts waits, its saving would cost a quarter more CPU.
 */
export class MemorySaver {
  readonly #calm: NodeJS.Timeout;
  #saving = true;
  #isTidy = false;

  /** `calmMs` without work make it calm. */
  constructor(calmMs = CALM_MS) {
    setFlags(SAVING);
    setFlagsFromString("--expose-gc");
    this.#calm = setTimeout(() => this.#save(), calmMs).unref();
  }

  /** Much was read that is not kept, as the first lists are. */
  litter(): void {
    this.#isTidy = false;
    this.#calm.refresh();
  }

  /** Something is done about a halt. */
  spend(): void {
    this.#calm.refresh();
    if (!this.#saving) return;
    this.#saving = false;
    setFlags(SPENDING);
  }

  /** An idle process collects nothing by itself: what the start, the lists or the halts left goes now. */
  #save(): void {
    if (this.#saving && this.#isTidy) return;
    this.#saving = true;
    this.#isTidy = true;
    setFlags(SAVING);
    runInNewContext("gc")({ type: "major", flavor: "last-resort" });
  }
}

function setFlags(flags: readonly string[]): void {
  for (const flag of flags) setFlagsFromString(flag);
}

/** Made as the process starts: its imports alone are garbage enough. */
export const memorySaver = new MemorySaver();
