type Cleanup = () => Promise<void> | void;

/** What has to be undone, newest first and once, whoever asks and however often. */
export class Cleanups {
  readonly #steps: Cleanup[] = [];
  #done: Promise<void> | undefined;

  add(step: Cleanup): void {
    this.#steps.push(step);
  }

  run(): Promise<void> {
    this.#done ??= this.#runAll();
    return this.#done;
  }

  async #runAll(): Promise<void> {
    for (const step of this.#steps.toReversed()) await step();
  }
}
