import type { KeyQueue } from "@upgrade-halt/kube";
import type { ApiClient } from "../client/api-client.ts";
import type { ResourceCache } from "../client/resource-cache.ts";
import { PODS, pathOf, REPLICA_SETS } from "../client/resource-path.ts";
import { clone, equal, type JsonObject, numberAt, objectAt, stringAt, stringsAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { isControlledBy, ownerKeys } from "../json/owners.ts";
import { loopQueue } from "./loop-queue.ts";
import { ignoreMissing } from "./lost-races.ts";
import { isAvailable, isOver, isRunningAndReady, isTerminating, replicasOf } from "./pod-state.ts";
import { ownerReference } from "./revisions.ts";

/** The ReplicaSet controller: as many active pods as each ReplicaSet asks for. */
export class ReplicaSetLoop {
  readonly #client: ApiClient;
  readonly #sets: ResourceCache;
  readonly #pods: ResourceCache;
  readonly #queue: KeyQueue;

  constructor(client: ApiClient, sets: ResourceCache, pods: ResourceCache) {
    this.#client = client;
    this.#sets = sets;
    this.#pods = pods;
    this.#queue = loopQueue((key) => this.#reconcile(key));
    sets.onChange((key) => this.#queue.add(key));
    pods.onChange((_, pod, last) => {
      for (const key of ownerKeys(pod ?? last, "ReplicaSet")) this.#queue.add(key);
    });
  }

  start(signal: AbortSignal): void {
    signal.addEventListener("abort", () => void this.#queue.stop(), { once: true });
  }

  async #reconcile(key: string): Promise<void> {
    const set = this.#sets.get(key);
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
    const owned = this.#pods.values().filter((pod) => isControlledBy(pod, set));
    const active = owned.filter((pod) => !isOver(pod) && !isTerminating(pod));
    const missing = replicasOf(set) - active.length;
    for (let count = 0; count < missing; count += 1) await this.#createPod(set);
    const surplus = active.toSorted(
      (left, right) => Number(isRunningAndReady(left)) - Number(isRunningAndReady(right)),
    );
    for (const pod of surplus.slice(0, Math.max(0, -missing))) await this.#deletePod(pod);
    await this.#writeStatus(set, active);
  }

  async #createPod(set: KubeObject): Promise<void> {
    const template = objectAt(set, "spec", "template");
    const namespace = stringAt(set, "metadata", "namespace") ?? "";
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: "",
        generateName: `${set.metadata.name}-`,
        namespace,
        labels: stringsAt(template, "metadata", "labels"),
        annotations: stringsAt(template, "metadata", "annotations"),
        ownerReferences: [ownerReference(set)],
      },
      spec: clone(objectAt(template, "spec")),
    };
    this.#pods.put(await this.#client.create(pathOf(PODS, namespace), pod));
  }

  async #deletePod(pod: KubeObject): Promise<void> {
    const path = pathOf(PODS, stringAt(pod, "metadata", "namespace"), pod.metadata.name);
    const deleted = await this.#client
      .delete(path, { preconditions: { uid: pod.metadata.uid ?? "" } })
      .catch(ignoreMissing);
    if (deleted?.metadata.deletionTimestamp !== undefined) this.#pods.put(deleted);
  }

  async #writeStatus(set: KubeObject, active: readonly KubeObject[]): Promise<void> {
    const minReady = numberAt(set, "spec", "minReadySeconds") ?? 0;
    const status: JsonObject = {
      observedGeneration: numberAt(set, "metadata", "generation") ?? 0,
      replicas: active.length,
      fullyLabeledReplicas: active.length,
      readyReplicas: active.filter(isRunningAndReady).length,
      availableReplicas: active.filter((pod) => isAvailable(pod, minReady, Date.now())).length,
    };
    if (equal(objectAt(set, "status"), status)) return;
    const path = pathOf(REPLICA_SETS, stringAt(set, "metadata", "namespace"), set.metadata.name, "status");
    const written = await this.#client.mergePatch(path, { status }).catch(ignoreMissing);
    if (written !== undefined) this.#sets.put(written);
  }
}
