import { type NodeHalt, type NodeHaltSpec, nodeOf } from "../api/node-halt.ts";
import type { Stores } from "../model/stores.ts";
import { swappingUnder } from "../model/swaps-under.ts";
import { isJournal } from "./journal-name.ts";

/**
 * Which nodes of a policy are between swap and recovery. The journals say so; a reservation bridges the moment
 * between a decision and its journal's being written, in which another key might decide the same.
 */
export class SlotBook {
  readonly #stores: Stores;
  readonly #reserved = new Map<string, Set<string>>();

  constructor(stores: Stores) {
    this.#stores = stores;
  }

  /** Nodes other than the one that halted so which take a slot of the policy. */
  takenByOthers(policyKey: string, spec: NodeHaltSpec): number {
    const nodes = new Set(this.#reserved.get(policyKey));
    for (const halt of swappingUnder(policyKey, this.#stores))
      if (isBelieved(halt)) nodes.add(nodeOf(halt.spec));
    nodes.delete(nodeOf(spec));
    return nodes.size;
  }

  /** Takes a slot until `work` has ended, which is when the journal says it. Call it in the same turn as the decision. */
  async during<T>(policyKey: string, spec: NodeHaltSpec, work: () => Promise<T>): Promise<T> {
    const nodes = this.#reserved.get(policyKey) ?? new Set();
    this.#reserved.set(policyKey, nodes.add(nodeOf(spec)));
    try {
      return await work();
    } finally {
      nodes.delete(nodeOf(spec));
    }
  }
}

/** A swap begins for a halt that the controller saw, in the journal that it gave a name: no other takes a slot. */
function isBelieved(halt: NodeHalt): boolean {
  return isJournal(halt) && halt.status?.seen !== undefined;
}
