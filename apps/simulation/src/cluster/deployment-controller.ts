import type { ApiServer } from "../server/api-server.ts";
import {
  controllerOf,
  type Deployment,
  isControlledBy,
  isReady,
  PATHS,
  type Pod,
  pathOf,
  type ReplicaSet,
  type Stored,
} from "../server/objects.ts";
import type { Random } from "../time/random.ts";
import type { VirtualTime } from "../time/virtual-time.ts";
import { reconcileSoon } from "./reconcile-soon.ts";
import type { Validators } from "./validators.ts";

export interface DeploymentControllerOptions {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly server: ApiServer;
  readonly validators: Validators;
  /** What an admission webhook makes of an image. */
  readonly admit: (image: string) => string;
}

const ME = "deployment-controller";
const REVISION = "deployment.kubernetes.io/revision";
const HASH = "pod-template-hash";

/**
 * kube-controller-manager's Deployment and ReplicaSet controllers, as far as rollouts go (`deployment/recreate.go`,
 * `replicaset/replica_set.go`, 1.35). All pods of a Deployment mount one claim, and so are one validator.
 */
export class DeploymentController {
  readonly #options: DeploymentControllerOptions;
  readonly #plan: ReturnType<typeof reconcileSoon>;

  constructor(options: DeploymentControllerOptions) {
    this.#options = options;
    const { server } = options;
    this.#plan = reconcileSoon(options, (namespace, name) => {
      const deployment = server.find<Deployment>(PATHS.deployments, namespace, name);
      if (deployment !== undefined) this.#reconcile(deployment);
    });
    server.watch(PATHS.deployments, 0, ({ object, type }) => {
      if (type !== "DELETED") this.#plan(object.metadata);
      else for (const set of this.#setsOf(object)) this.#removeSet(set);
    });
    server.watch(PATHS.pods, 0, ({ object }) => {
      const owner = controllerOf(object);
      if (owner?.kind !== "ReplicaSet") return;
      const { namespace } = object.metadata;
      const set = server.find(PATHS.replicaSets, namespace, owner.name);
      const name = set?.metadata.ownerReferences?.[0]?.name;
      if (name !== undefined) this.#plan({ namespace, name });
    });
  }

  #setsOf({ metadata }: Stored): readonly ReplicaSet[] {
    return this.#options.server.all<ReplicaSet>(PATHS.replicaSets).filter(isControlledBy(metadata.uid));
  }

  #podsOf({ metadata }: Stored): readonly Pod[] {
    return this.#options.server.all<Pod>(PATHS.pods).filter(isControlledBy(metadata.uid));
  }

  #reconcile(deployment: Deployment): void {
    this.#writeStatus(deployment);
    if (deployment.metadata.deletionTimestamp !== undefined) return;
    const hash = hashOf(deployment);
    const sets = this.#setsOf(deployment);
    const old = sets.filter((set) => set.metadata.labels?.[HASH] !== hash);
    if (deployment.spec.strategy.type === "Recreate") {
      for (const set of old) this.#scale(set, 0);
      // A pod that is asked to end still counts: its phase is Running until nothing of it runs.
      if (old.some((set) => this.#podsOf(set).some(mayRun))) return;
      this.#scale(this.#newSet(deployment, sets, hash), deployment.spec.replicas);
    } else {
      const set = this.#newSet(deployment, sets, hash);
      this.#scale(set, deployment.spec.replicas);
      const ready = this.#podsOf(set).filter(isReady).length;
      if (ready >= deployment.spec.replicas) for (const one of old) this.#scale(one, 0);
    }
  }

  #newSet(deployment: Deployment, sets: readonly ReplicaSet[], hash: string): ReplicaSet {
    const { name, namespace, uid } = deployment.metadata;
    const revision = String(Math.max(0, ...sets.map(revisionOf)) + 1);
    const known = sets.find((set) => set.metadata.labels?.[HASH] === hash);
    const collection = pathOf(PATHS.replicaSets, namespace);
    const { server } = this.#options;
    if (known !== undefined) {
      if (revisionOf(known) === Math.max(...sets.map(revisionOf))) return known;
      const metadata = { annotations: { [REVISION]: revision } };
      return server.mergePatch(ME, `${collection}/${known.metadata.name}`, { metadata }, false) as ReplicaSet;
    }
    const labels = { ...deployment.spec.template.metadata.labels, [HASH]: hash };
    const owner = { apiVersion: "apps/v1", kind: "Deployment", name, uid, controller: true };
    return server.create(ME, collection, {
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: {
        name: `${name}-${hash}`,
        labels,
        annotations: { [REVISION]: revision },
        ownerReferences: [owner],
      },
      spec: {
        replicas: 0,
        selector: { matchLabels: { ...deployment.spec.selector.matchLabels, [HASH]: hash } },
        template: { ...deployment.spec.template, metadata: { labels } },
      },
    }) as ReplicaSet;
  }

  /** Writes the number, and makes or ends pods at once: pods that are ending already are none. */
  #scale(set: ReplicaSet, replicas: number): void {
    const { name, namespace } = set.metadata;
    if (set.spec.replicas !== replicas)
      this.#options.server.mergePatch(
        ME,
        pathOf(PATHS.replicaSets, namespace, name),
        { spec: { replicas } },
        false,
      );
    const active = this.#podsOf(set).filter(
      (pod) => mayRun(pod) && pod.metadata.deletionTimestamp === undefined,
    );
    for (const pod of active.slice(replicas)) this.#remove(pod);
    for (let count = active.length; count < replicas; count += 1) this.#create(set);
  }

  #create(set: ReplicaSet): void {
    const { server, random, validators, admit } = this.#options;
    const { namespace, uid } = set.metadata;
    const name = `${set.metadata.name}-${random
      .between(0, 36 ** 5 - 1)
      .toString(36)
      .padStart(5, "0")}`;
    const deployment = set.metadata.ownerReferences?.[0]?.name ?? "";
    const { template } = set.spec;
    validators.share(name, deployment);
    server.create(ME, pathOf(PATHS.pods, namespace), {
      metadata: {
        name,
        labels: template.metadata.labels,
        ownerReferences: [
          { apiVersion: "apps/v1", kind: "ReplicaSet", name: set.metadata.name, uid, controller: true },
        ],
      },
      spec: {
        nodeName: `node-${random.between(1, 3)}`,
        containers: template.spec.containers.map((container) => ({
          ...container,
          image: admit(container.image),
        })),
        volumes: [{ name: "data", persistentVolumeClaim: { claimName: `data-${deployment}` } }],
      },
      status: { phase: "Pending" },
    });
  }

  #remove(pod: Pod): void {
    const { name, namespace, uid } = pod.metadata;
    this.#options.server.remove(ME, pathOf(PATHS.pods, namespace, name), uid);
  }

  #removeSet(set: ReplicaSet): void {
    const { name, namespace } = set.metadata;
    for (const pod of this.#podsOf(set)) this.#remove(pod);
    this.#options.server.remove(ME, pathOf(PATHS.replicaSets, namespace, name));
  }

  #writeStatus({ metadata: { name, namespace, generation } }: Deployment): void {
    const path = pathOf(PATHS.deployments, namespace, name, "status");
    this.#options.server.mergePatch(ME, path, { status: { observedGeneration: generation } }, false);
  }
}

function mayRun({ status }: Pod): boolean {
  return !["Failed", "Succeeded"].includes(status.phase);
}

function hashOf({ spec }: Deployment): string {
  return JSON.stringify(spec.template.spec.containers.map(({ image }) => image))
    .replaceAll(/[^0-9a-z]/g, "")
    .slice(-10);
}

function revisionOf({ metadata }: ReplicaSet): number {
  return Number(metadata.annotations?.[REVISION] ?? 0);
}
