import { STOPS } from "./signals.ts";

/** Longest wait that a timer can keep, in ms. */
const LONGEST_MS = 2 ** 31 - 1;

/** Keeps the process of a command that has halted, until it is told to stop. */
export class Hold {
  #isOver = false;
  #end: (() => void) | undefined;

  /**
   * Takes notice of a signal. What asks for a stop ends the hold, or the one to come: the command halted because it was
   * stopped. SIGHUP does only while there is one, for before it the command took it and ran on. Others never do.
   */
  heard(signal: NodeJS.Signals): void {
    if (STOPS.has(signal)) this.#isOver = true;
    if (this.#isOver || signal === "SIGHUP") this.#end?.();
  }

  /** Resolves once it is told to stop, however long that takes. */
  async untilStopped(): Promise<void> {
    if (this.#isOver) return;
    // Signals alone keep no process alive.
    const alive = setInterval(() => {}, LONGEST_MS);
    await new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    clearInterval(alive);
  }
}
