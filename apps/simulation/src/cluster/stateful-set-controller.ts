import type { ApiServer } from "../server/api-server.ts";
import {
  controllerOf,
  isControlledBy,
  isReady,
  PATHS,
  type Pod,
  pathOf,
  pathOfObject,
  type StatefulSet,
  type Stored,
} from "../server/objects.ts";
import type { Random } from "../time/random.ts";
import type { VirtualTime } from "../time/virtual-time.ts";
import { isPlaced, isUnbound, placementOf } from "./placement.ts";
import { reconcileSoon } from "./reconcile-soon.ts";

export interface StatefulSetControllerOptions {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly server: ApiServer;
  /** What an admission webhook makes of an image. */
  readonly admit: (image: string) => string;
}

const ME = "statefulset-controller";

/** kube-controller-manager's StatefulSet controller, as far as rollouts go (`stateful_set_control.go`, 1.35). */
export class StatefulSetController {
  readonly #options: StatefulSetControllerOptions;
  readonly #plan: ReturnType<typeof reconcileSoon>;
  /** Templates by revision name. */
  readonly #revisions = new Map<string, StatefulSet["spec"]["template"]>();

  constructor(options: StatefulSetControllerOptions) {
    this.#options = options;
    const { server } = options;
    this.#plan = reconcileSoon(options, (namespace, name) => {
      const set = server.find<StatefulSet>(PATHS.statefulSets, namespace, name);
      if (set !== undefined) this.#reconcile(set);
    });
    server.watch(PATHS.statefulSets, 0, ({ object, type }) => {
      if (type === "DELETED") this.#orphanOrDelete(object);
      else this.#plan(object.metadata);
    });
    server.watch(PATHS.pods, 0, ({ object }) => {
      const owner = controllerOf(object);
      if (owner?.kind !== "StatefulSet") return;
      const set = server.find(PATHS.statefulSets, object.metadata.namespace, owner.name);
      if (set !== undefined) this.#plan(set.metadata);
    });
  }

  #orphanOrDelete(set: Stored): void {
    for (const pod of this.#podsOf(set)) this.#remove(pod);
  }

  #podsOf({ metadata }: Stored): readonly Pod[] {
    return this.#options.server.all<Pod>(PATHS.pods).filter(isControlledBy(metadata.uid));
  }

  #reconcile(set: StatefulSet): void {
    if (set.metadata.deletionTimestamp !== undefined) return;
    const update = revisionOf(set);
    this.#revisions.set(update, set.spec.template);
    this.#record(set, update);
    const pods = this.#podsOf(set).filter((pod) => isNamedAfter(set, pod));
    const wasCurrent = set.status?.currentRevision ?? update;
    const isDone = pods.length >= set.spec.replicas && pods.every((pod) => revisionOfPod(pod) === update);
    const current = isDone ? update : wasCurrent;
    const stands = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    this.#writeStatus(set, {
      observedGeneration: set.metadata.generation,
      currentRevision: current,
      currentReplicas: stands.filter((pod) => revisionOfPod(pod) === current).length,
      updateRevision: update,
      replicas: pods.length,
    });
    const byName = new Map(pods.map((pod) => [pod.metadata.name, pod]));
    for (const pod of pods) if (ordinalOf(pod) >= set.spec.replicas) this.#remove(pod);
    const inOrder = set.spec.podManagementPolicy === "OrderedReady";
    for (let ordinal = 0; ordinal < set.spec.replicas; ordinal += 1) {
      const pod = byName.get(`${set.metadata.name}-${ordinal}`);
      if (pod === undefined) this.#create(set, ordinal, isCurrentNeeded(set, ordinal) ? current : update);
      else if (["Failed", "Succeeded"].includes(pod.status.phase)) this.#remove(pod);
      if (inOrder && (pod === undefined || !isReady(pod))) return;
    }
    if (set.spec.updateStrategy.type === "OnDelete") return;
    const partition = set.spec.updateStrategy.rollingUpdate?.partition ?? 0;
    for (let ordinal = set.spec.replicas - 1; ordinal >= partition; ordinal -= 1) {
      const pod = byName.get(`${set.metadata.name}-${ordinal}`);
      if (pod === undefined) return;
      if (revisionOfPod(pod) !== update && pod.metadata.deletionTimestamp === undefined) {
        this.#remove(pod);
        return;
      }
      if (!isReady(pod)) return;
    }
  }

  /** The ControllerRevision of the present template, newest of the set's. */
  #record(set: StatefulSet, update: string): void {
    const { server } = this.#options;
    const { name, namespace, uid } = set.metadata;
    const own = server
      .all(PATHS.revisions)
      .filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid === uid);
    const newest = Math.max(0, ...own.map(({ revision }) => Number(revision)));
    const collection = pathOf(PATHS.revisions, namespace);
    const known = own.find(({ metadata }) => metadata.name === update);
    if (known !== undefined && Number(known.revision) === newest) return;
    if (known !== undefined) server.remove(ME, `${collection}/${known.metadata.name}`);
    server.create(ME, collection, {
      metadata: {
        name: update,
        ownerReferences: [{ apiVersion: "apps/v1", kind: "StatefulSet", name, uid, controller: true }],
      },
      revision: newest + 1,
      data: { spec: { template: set.spec.template } },
    });
  }

  #create(set: StatefulSet, ordinal: number, revision: string): void {
    const { server, admit } = this.#options;
    const template = this.#revisions.get(revision) ?? set.spec.template;
    const name = `${set.metadata.name}-${ordinal}`;
    const { namespace } = set.metadata;
    // A pod of that name which belongs to somebody else: the real one reports a conflict and tries again.
    if (server.find(PATHS.pods, namespace, name) !== undefined) return;
    server.create(ME, pathOf(PATHS.pods, namespace), {
      metadata: {
        name,
        labels: { ...template.metadata.labels, "controller-revision-hash": revision },
        ownerReferences: [
          {
            apiVersion: "apps/v1",
            kind: "StatefulSet",
            name: set.metadata.name,
            uid: set.metadata.uid,
            controller: true,
          },
        ],
      },
      spec: {
        ...placementOf(template.spec, `node-${name}`),
        containers: template.spec.containers.map((container) => ({
          ...container,
          image: admit(container.image),
        })),
        volumes: [
          { name: "data", persistentVolumeClaim: { claimName: `data-${name}` } },
          ...(template.spec.volumes ?? []),
        ],
        ...(template.spec.readinessGates && { readinessGates: template.spec.readinessGates }),
      },
      status: { phase: "Pending" },
    });
    if (isPlaced(template.spec)) this.#bindLater(namespace, name);
  }

  /** The scheduler gives a pod that asks for a machine one that is as it asks. */
  #bindLater(namespace: string, name: string): void {
    const { time, random, server } = this.#options;
    time.later(random.between(10, 20_000), () => {
      const pod = server.find<Pod>(PATHS.pods, namespace, name);
      if (pod === undefined || !isUnbound(pod)) return;
      const path = pathOfObject(PATHS.pods, pod);
      server.mergePatch("scheduler", path, { spec: { nodeName: `node-${name}` } }, false);
    });
  }

  #remove(pod: Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined) return;
    this.#options.server.remove(ME, pathOfObject(PATHS.pods, pod), pod.metadata.uid);
  }

  #writeStatus(set: StatefulSet, status: Readonly<Record<string, unknown>>): void {
    const path = pathOfObject(PATHS.statefulSets, set, "status");
    this.#options.server.mergePatch(ME, path, { status }, false);
  }
}

/** `newVersionedStatefulSetPod`: whether an ordinal that is made now keeps the revision of before. */
function isCurrentNeeded({ spec, status }: StatefulSet, ordinal: number): boolean {
  const { type, rollingUpdate } = spec.updateStrategy;
  if (type !== "RollingUpdate") return false;
  const kept = rollingUpdate === undefined ? status?.currentReplicas : rollingUpdate.partition;
  return ordinal < (kept ?? 0);
}

/** Name of the ControllerRevision that has the set's present template. */
function revisionOf({ metadata, spec }: StatefulSet): string {
  const [node] = spec.template.spec.containers;
  const hash = (node?.image ?? "").replaceAll(/[^0-9a-z]/g, "").slice(-12);
  return `${metadata.name}-${hash}-${metadata.uid}`;
}

function revisionOfPod({ metadata }: Pod): string | undefined {
  return metadata.labels?.["controller-revision-hash"];
}

/** A pod of another name is none of the set's, whatever it says of its owner (`isMemberOf`). */
function isNamedAfter({ metadata }: StatefulSet, pod: Pod): boolean {
  return pod.metadata.name.replace(/-\d+$/, "") === metadata.name;
}

function ordinalOf({ metadata }: Pod): number {
  return Number(metadata.name.slice(metadata.name.lastIndexOf("-") + 1));
}
