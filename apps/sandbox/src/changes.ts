/** Whatever says when it changes. */
export interface Changing {
  /** Calls `listener` at every change until the returned function is called. */
  onChange(listener: () => void): () => void;
}

/** Tells its listeners that something changed, and leaves it to them to look what. */
export class Changes implements Changing {
  readonly #listeners = new Set<() => void>();

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  protected tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
