import { hasCode, type KubeApi, keyOf, messageOf } from "@upgrade-halt/kube";
import type { Logger } from "pino";
import type { HaltPolicy } from "../api/halt-policy.ts";
import type { NodeHalt } from "../api/node-halt.ts";
import { NODE_HALTS, namespaceOf, objectPath } from "../kube/paths.ts";
import { haltsUnder } from "../model/governance.ts";
import { podKeyOf, recordsAt, type Stores } from "../model/stores.ts";
import { outlivedHalts } from "./history.ts";

export interface HistoryCollectorOptions {
  readonly api: KubeApi;
  readonly stores: Stores;
  /** Whether a pod of this key that went is yet to be judged for the last time. */
  readonly isDeparting: (podKey: string) => boolean;
  readonly log: Logger;
  readonly now: () => number;
}

/** Deletions in one go: the rest follows with the next look. */
const AT_A_TIME = 20;

/** Deletes the journals that a policy keeps no longer. */
export class HistoryCollector {
  readonly #options: HistoryCollectorOptions;

  constructor(options: HistoryCollectorOptions) {
    this.#options = options;
  }

  /** Call it only while every pod that there is, is in the store. */
  async collect(policy: HaltPolicy): Promise<void> {
    const { stores, isDeparting, now } = this.#options;
    if (policy.defect !== undefined) return;
    const outlived = outlivedHalts({
      policy: policy.spec,
      halts: haltsUnder(policy, stores),
      isPodKept: (halt) => {
        const key = podKeyOf(halt);
        return isDeparting(key) || stores.pods.get(key)?.metadata.uid === halt.spec.podUID;
      },
      recordsOf: (node) => recordsAt(`${namespaceOf(policy)}/${node}`, stores.records),
      now: now(),
    });
    for (const halt of outlived.slice(0, AT_A_TIME)) await this.#delete(halt);
  }

  /** Deletes it as it was read: whatever somebody wrote meanwhile, such as an annotation, is looked at first. */
  async #delete(halt: NodeHalt): Promise<void> {
    const { api, log } = this.#options;
    const { namespace = "", name, uid = "", resourceVersion } = halt.metadata;
    const object = keyOf(halt);
    try {
      await api.remove(objectPath(NODE_HALTS, namespace, name), uid, { resourceVersion });
      log.info({ object, phase: halt.status?.phase }, "deleted, as its policy keeps it no longer");
    } catch (error) {
      if (hasCode(error, "not-found", "conflict")) return;
      // An older installation lacks the right: nothing hangs on it.
      if (!hasCode(error, "forbidden")) throw error;
      log.warn({ object, error: messageOf(error) }, "history cannot be deleted");
    }
  }
}
