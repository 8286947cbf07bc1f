import { callAfter } from "./tick.ts";

/** One caller's pauses, one at a time. */
export class Pauses {
  #resolve: (() => void) | undefined;
  #cancel: (() => void) | undefined;
  #over = false;
  readonly #wake = () => {
    this.#cancel = undefined;
    this.#resolve?.();
  };

  /** Resolves after about `ms`, which is 24 days at most, or as soon as there is an end to pauses. */
  take(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      if (this.#over) resolve();
      else this.#cancel = callAfter(ms, this.#wake);
    });
  }

  /** Ends this pause, and those to come before they begin. Leaves no timer behind. */
  end(): void {
    this.#over = true;
    this.#cancel?.();
    this.#wake();
  }
}
