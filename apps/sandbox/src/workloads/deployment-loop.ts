import type { KeyQueue } from "@upgrade-halt/kube";
import type { ApiClient } from "../client/api-client.ts";
import { ResourceCache } from "../client/resource-cache.ts";
import { DEPLOYMENTS, pathOf, REPLICA_SETS } from "../client/resource-path.ts";
import {
  arrayAt,
  clone,
  equal,
  isObject,
  type JsonObject,
  numberAt,
  objectAt,
  stringAt,
  stringsAt,
} from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { isControlledBy, ownerKeys } from "../json/owners.ts";
import { loopQueue } from "./loop-queue.ts";
import { ignoreExisting } from "./lost-races.ts";
import { replicasOf } from "./pod-state.ts";
import { hashOf, ownerReference } from "./revisions.ts";
import { planRollout } from "./rollout-plan.ts";

const HASH_LABEL = "pod-template-hash";
const REVISION = "deployment.kubernetes.io/revision";

/** The Deployment controller: a ReplicaSet per template, scaled step by step as the strategy says. */
export class DeploymentLoop {
  readonly #client: ApiClient;
  readonly #deployments: ResourceCache;
  readonly #sets: ResourceCache;
  readonly #pods: ResourceCache;
  readonly #queue: KeyQueue;

  constructor(client: ApiClient, sets: ResourceCache, pods: ResourceCache) {
    this.#client = client;
    this.#sets = sets;
    this.#pods = pods;
    this.#deployments = new ResourceCache(client, DEPLOYMENTS);
    this.#queue = loopQueue((key) => this.#reconcile(key));
    this.#deployments.onChange((key) => this.#queue.add(key));
    sets.onChange((_, set, last) => this.#enqueueOwners(set ?? last));
    pods.onChange((_, pod, last) => {
      if (pod === undefined)
        for (const key of ownerKeys(last, "ReplicaSet")) this.#enqueueOwners(sets.get(key));
    });
  }

  #enqueueOwners(set: KubeObject | undefined): void {
    for (const key of ownerKeys(set, "Deployment")) this.#queue.add(key);
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => void this.#queue.stop(), { once: true });
    await this.#deployments.start(signal);
  }

  async #reconcile(key: string): Promise<void> {
    const deployment = this.#deployments.get(key);
    if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return;
    const owned = this.#sets.values().filter((set) => isControlledBy(set, deployment));
    const current = owned.find((set) => equal(templateOf(set), templateOf(deployment)));
    if (current === undefined) {
      const created = await this.#createSet(deployment, owned).catch(ignoreExisting);
      if (created !== undefined) this.#sets.put(created);
      return;
    }
    const old = owned.filter((set) => set !== current);
    await this.#renumber(current, old);
    const oldPods = this.#pods.values().filter((pod) => old.some((set) => isControlledBy(pod, set)));
    const scales = planRollout(deployment, current, old, oldPods);
    for (const set of owned) await this.#scale(set, scales.get(set.metadata.name) ?? replicasOf(set));
    await this.#writeStatus(deployment, current, owned);
  }

  #createSet(deployment: KubeObject, owned: readonly KubeObject[]): Promise<KubeObject> {
    const namespace = stringAt(deployment, "metadata", "namespace") ?? "";
    const template = clone(objectAt(deployment, "spec", "template"));
    const hash = hashOf(template);
    const labels = { ...stringsAt(template, "metadata", "labels"), [HASH_LABEL]: hash };
    const selector = objectAt(deployment, "spec", "selector");
    const matchLabels = { ...stringsAt(selector, "matchLabels"), [HASH_LABEL]: hash };
    const last = Math.max(0, ...owned.map(revisionOf));
    return this.#client.create(pathOf(REPLICA_SETS, namespace), {
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: {
        name: `${deployment.metadata.name}-${hash}`,
        namespace,
        labels,
        annotations: { [REVISION]: String(last + 1) },
        ownerReferences: [ownerReference(deployment)],
      },
      spec: {
        replicas: 0,
        selector: { ...selector, matchLabels },
        template: { ...template, metadata: { ...objectAt(template, "metadata"), labels } },
        minReadySeconds: numberAt(deployment, "spec", "minReadySeconds") ?? 0,
      },
    });
  }

  /** A template that comes back is the newest revision again. */
  async #renumber(current: KubeObject, old: readonly KubeObject[]): Promise<void> {
    const newest = Math.max(0, ...old.map(revisionOf));
    if (revisionOf(current) > newest) return;
    const path = pathOf(REPLICA_SETS, stringAt(current, "metadata", "namespace"), current.metadata.name);
    const annotations = { [REVISION]: String(newest + 1) };
    this.#sets.put(await this.#client.mergePatch(path, { metadata: { annotations } }));
  }

  async #scale(set: KubeObject, replicas: number): Promise<void> {
    if (replicas === replicasOf(set)) return;
    const path = pathOf(REPLICA_SETS, stringAt(set, "metadata", "namespace"), set.metadata.name);
    this.#sets.put(await this.#client.mergePatch(path, { spec: { replicas } }));
  }

  async #writeStatus(
    deployment: KubeObject,
    current: KubeObject,
    sets: readonly KubeObject[],
  ): Promise<void> {
    const sum = (field: string): number =>
      sets.reduce((total, set) => total + (numberAt(set, "status", field) ?? 0), 0);
    const wanted = replicasOf(deployment);
    const available = sum("availableReplicas");
    const status: JsonObject = {
      observedGeneration: numberAt(deployment, "metadata", "generation") ?? 0,
      replicas: sum("replicas"),
      updatedReplicas: numberAt(current, "status", "replicas") ?? 0,
      readyReplicas: sum("readyReplicas"),
      availableReplicas: available,
      unavailableReplicas: Math.max(0, wanted - available),
      conditions: [availableCondition(deployment, available >= wanted)],
    };
    if (equal(objectAt(deployment, "status"), status)) return;
    const path = pathOf(
      DEPLOYMENTS,
      stringAt(deployment, "metadata", "namespace"),
      deployment.metadata.name,
      "status",
    );
    this.#deployments.put(await this.#client.mergePatch(path, { status }));
  }
}

function availableCondition(deployment: KubeObject, isAvailable: boolean): JsonObject {
  const status = isAvailable ? "True" : "False";
  const conditions = arrayAt(deployment, "status", "conditions").filter(isObject);
  const before = conditions.find((one) => one.type === "Available");
  if (before?.status === status) return before;
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  const reason = isAvailable ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable";
  const message = `Deployment ${isAvailable ? "has" : "does not have"} minimum availability.`;
  return { type: "Available", status, reason, message, lastUpdateTime: now, lastTransitionTime: now };
}

/** A template without the hash that its ReplicaSet adds. */
function templateOf(workload: KubeObject): JsonObject {
  const template = objectAt(workload, "spec", "template");
  const { [HASH_LABEL]: _, ...labels } = stringsAt(template, "metadata", "labels");
  return { ...template, metadata: { ...objectAt(template, "metadata"), labels } };
}

function revisionOf(set: KubeObject): number {
  return Number(stringAt(set, "metadata", "annotations", REVISION) ?? 0);
}
