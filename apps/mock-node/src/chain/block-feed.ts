import type { Block } from "./block.ts";

/** Tells whoever listens of each block that was applied. */
export class BlockFeed {
  readonly #listeners = new Set<(block: Block) => void>();

  /** Calls `listener` for every block from now on, until the function that this returns is called. */
  subscribe(listener: (block: Block) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(block: Block): void {
    for (const listener of this.#listeners) listener(block);
  }
}
