import type { KeyQueue } from "@upgrade-halt/kube";
import type { ApiClient } from "../client/api-client.ts";
import { keyOf, ResourceCache } from "../client/resource-cache.ts";
import { CLAIMS, CONTROLLER_REVISIONS, PODS, pathOf, STATEFUL_SETS } from "../client/resource-path.ts";
import { numberAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { isControlledBy, ownerKeys } from "../json/owners.ts";
import type { EventRecorder } from "../kubelet/event-recorder.ts";
import { loopQueue } from "./loop-queue.ts";
import { ignoreExisting, ignoreMissing } from "./lost-races.ts";
import { planRevisions, type RevisionPlan, staleRevisions, withRevision } from "./revisions.ts";
import { planStatefulSet, type SetAction } from "./stateful-set-plan.ts";
import { claimsOf, newPod } from "./stateful-set-pod.ts";
import { hasStatus, statefulSetStatus } from "./stateful-set-status.ts";

/** The StatefulSet controller: pods, claims and ControllerRevisions of every StatefulSet. */
export class StatefulSetLoop {
  readonly #client: ApiClient;
  readonly #events: EventRecorder;
  readonly #sets: ResourceCache;
  readonly #pods: ResourceCache;
  readonly #revisions: ResourceCache;
  readonly #queue: KeyQueue;

  constructor(client: ApiClient, events: EventRecorder, pods: ResourceCache) {
    this.#client = client;
    this.#events = events;
    this.#pods = pods;
    this.#sets = new ResourceCache(client, STATEFUL_SETS);
    this.#revisions = new ResourceCache(client, CONTROLLER_REVISIONS);
    this.#queue = loopQueue((key) => this.#reconcile(key));
    this.#sets.onChange((key) => this.#queue.add(key));
    for (const cache of [this.#pods, this.#revisions]) {
      cache.onChange((_, object, last) => {
        for (const key of ownerKeys(object ?? last, "StatefulSet")) this.#queue.add(key);
      });
    }
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => void this.#queue.stop(), { once: true });
    await this.#revisions.start(signal);
    await this.#sets.start(signal);
  }

  async #reconcile(key: string): Promise<void> {
    const set = this.#sets.get(key);
    if (set === undefined) return;
    const revisions = this.#revisions.values().filter((revision) => isControlledBy(revision, set));
    const plan = await this.#writeRevision(set, planRevisions(set, revisions));
    const pods = this.#podsOf(set);
    const now = Date.now();
    if (set.metadata.deletionTimestamp === undefined) {
      const updateRevision = plan.update.metadata.name;
      for (const action of planStatefulSet({ set, pods, updateRevision, now }))
        await this.#act(set, plan, action);
    }
    await this.#writeStatus(set, plan);
    for (const revision of staleRevisions(set, revisions, pods)) {
      await this.#client
        .delete(pathOf(CONTROLLER_REVISIONS, namespaceOf(revision), revision.metadata.name))
        .catch(ignoreMissing);
    }
    this.#lookAgain(key, set, pods);
  }

  #podsOf(set: KubeObject): readonly KubeObject[] {
    return this.#pods.values().filter((pod) => isControlledBy(pod, set));
  }

  /** minReadySeconds passes without an event. */
  #lookAgain(key: string, set: KubeObject, pods: readonly KubeObject[]): void {
    const seconds = numberAt(set, "spec", "minReadySeconds") ?? 0;
    if (seconds > 0 && pods.length > 0) this.#queue.addAfter(key, seconds * 1000);
  }

  async #writeRevision(set: KubeObject, plan: RevisionPlan): Promise<RevisionPlan> {
    if (plan.write === "none") return plan;
    const { name } = plan.update.metadata;
    const namespace = namespaceOf(set);
    const written =
      plan.write === "create"
        ? await this.#client.create(pathOf(CONTROLLER_REVISIONS, namespace), plan.update)
        : await this.#client.mergePatch(pathOf(CONTROLLER_REVISIONS, namespace, name), {
            revision: plan.update.revision ?? 0,
          });
    this.#revisions.put(written);
    const current = plan.current.metadata.name === name ? written : plan.current;
    return { update: written, current, write: "none" };
  }

  async #act(set: KubeObject, plan: RevisionPlan, action: SetAction): Promise<void> {
    if (action.kind === "create") await this.#createPod(set, plan, action);
    else await this.#deletePod(set, action.pod);
  }

  async #createPod(
    set: KubeObject,
    plan: RevisionPlan,
    { ordinal, revision }: Extract<SetAction, { kind: "create" }>,
  ): Promise<void> {
    const namespace = namespaceOf(set);
    for (const claim of claimsOf(set, ordinal)) {
      await this.#client.create(pathOf(CLAIMS, namespace), claim).catch(ignoreExisting);
    }
    const source = plan[revision];
    const pod = newPod(withRevision(set, source), ordinal, source.metadata.name);
    const created = await this.#client.create(pathOf(PODS, namespace), pod).catch(ignoreExisting);
    if (created === undefined) return;
    this.#pods.put(created);
    const { name } = pod.metadata;
    const message = `create Pod ${name} in StatefulSet ${set.metadata.name} successful`;
    this.#events.record(set, "Normal", "SuccessfulCreate", message);
  }

  async #deletePod(set: KubeObject, pod: KubeObject): Promise<void> {
    const { name, uid = "" } = pod.metadata;
    const preconditions = { preconditions: { uid } };
    const deleted = await this.#client
      .delete(pathOf(PODS, namespaceOf(pod), name), preconditions)
      .catch(ignoreMissing);
    if (deleted?.metadata.deletionTimestamp !== undefined) this.#pods.put(deleted);
    const message = `delete Pod ${name} in StatefulSet ${set.metadata.name} successful`;
    this.#events.record(set, "Normal", "SuccessfulDelete", message);
  }

  async #writeStatus(set: KubeObject, { current, update }: RevisionPlan): Promise<void> {
    const status = statefulSetStatus(
      set,
      this.#podsOf(set),
      current.metadata.name,
      update.metadata.name,
      Date.now(),
    );
    const latest = this.#sets.get(keyOf(set));
    if (latest === undefined || hasStatus(latest, status)) return;
    const path = pathOf(STATEFUL_SETS, namespaceOf(set), set.metadata.name, "status");
    const nulls = { readyReplicas: null, currentReplicas: null, updatedReplicas: null };
    const patch = { metadata: { uid: set.metadata.uid ?? "" }, status: { ...nulls, ...status } };
    const written = await this.#client.mergePatch(path, patch).catch(ignoreMissing);
    if (written !== undefined) this.#sets.put(written);
  }
}

function namespaceOf(object: KubeObject): string {
  return stringAt(object, "metadata", "namespace") ?? "";
}
