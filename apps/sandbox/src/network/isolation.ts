import type { Reach } from "./reach.ts";

interface Addressed {
  readonly node: string;
  readonly podIp: string;
}

/** Nodes that the controllers can't reach: cut off by their names, whatever address their pods get. */
export class Isolation {
  readonly #nodes: () => readonly Addressed[];
  readonly #tell: (reach: Reach) => void;
  readonly #isolated = new Set<string>();
  #told = "";

  /** `tell` hears what can be reached, whenever that changes. */
  constructor(nodes: () => readonly Addressed[], tell: (reach: Reach) => void) {
    this.#nodes = nodes;
    this.#tell = tell;
  }

  isolate(node: string): void {
    this.#isolated.add(node);
    this.look();
  }

  rejoin(node: string): void {
    this.#isolated.delete(node);
    this.look();
  }

  isolated(): readonly string[] {
    return [...this.#isolated];
  }

  /** Looks which addresses the others have now. An address that is new is out of reach until it is known whose it is. */
  look(): void {
    const reach = this.#reach();
    if (JSON.stringify(reach) === this.#told) return;
    this.#told = JSON.stringify(reach);
    this.#tell(reach);
  }

  #reach(): Reach {
    if (this.#isolated.size === 0) return "all";
    return this.#nodes()
      .filter(({ node, podIp }) => podIp !== "" && !this.#isolated.has(node))
      .map(({ podIp }) => podIp);
  }
}
