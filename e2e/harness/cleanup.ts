/** What has to be undone, undone in reverse order even when one step fails. */
export class Cleanup {
  readonly #steps: (() => unknown)[] = [];

  /** Registers how to undo what was just done. */
  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  /**
   * Undoes everything, newest first; a second call finds nothing left to undo.
   *
   * @throws AggregateError of what failed, after everything was tried.
   */
  async run(): Promise<void> {
    const errors: unknown[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, "cleaning up failed");
  }
}
