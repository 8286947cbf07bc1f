import type { NodeHalt } from "../api/node-halt.ts";
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

  /**
   * The nodes other than `podName` that take a slot of the policy, by the names of their pods, each with the journals that say so: with
   * none where that is being written. Those that wait for this one take none.
   */
  takenByOthers(
    policyKey: string,
    podName: string,
    waits: (halt: NodeHalt) => boolean,
  ): ReadonlyMap<string, readonly NodeHalt[]> {
    const taken = new Map<string, NodeHalt[]>();
    for (const pod of this.#reserved.get(policyKey) ?? []) taken.set(pod, []);
    for (const halt of swappingUnder(policyKey, this.#stores)) {
      if (!isBelieved(halt) || waits(halt)) continue;
      const pod = halt.spec.podName;
      taken.set(pod, [...(taken.get(pod) ?? []), halt]);
    }
    taken.delete(podName);
    return taken;
  }

  /** Takes a slot until `work` has ended, which is when the journal says it. Call it in the same turn as the decision. */
  async during<T>(policyKey: string, podName: string, work: () => Promise<T>): Promise<T> {
    const pods = this.#reserved.get(policyKey) ?? new Set();
    this.#reserved.set(policyKey, pods.add(podName));
    try {
      return await work();
    } finally {
      pods.delete(podName);
    }
  }
}

/** A swap begins for a halt that the controller saw, in the journal that it gave a name: no other takes a slot. */
function isBelieved(halt: NodeHalt): boolean {
  return isJournal(halt) && halt.status?.seen !== undefined;
}
