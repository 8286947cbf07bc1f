import type { KubeApi } from "@upgrade-halt/kube";
import type { WorkloadRef } from "../api/node-halt.ts";
import {
  disowned,
  getIfThere,
  isControlledBy,
  type OwnerKind,
  type Ownership,
  readController,
} from "../kube/owner-reference.ts";
import { DEPLOYMENTS, objectPath, REPLICA_SETS } from "../kube/paths.ts";
import { matchesLabels } from "../model/label-selector.ts";
import type { Pod } from "../model/pod.ts";
import type { PodGroup } from "../model/pod-group.ts";
import type { WorkloadSight } from "../model/workload-sight.ts";
import { replicaSetsIn } from "./deployed-below.ts";
import { type Deployment, deploymentStrategy } from "./deployment-strategy.ts";
import { imageIn, type TemplatedWorkload, templateSight } from "./pod-template.ts";
import { type Lineage, type WorkloadKind, type WorkloadTarget, wasReplaced } from "./workload.ts";

const REPLICA_SET: OwnerKind = { apiVersion: "apps/v1", kind: "ReplicaSet", resource: REPLICA_SETS };
const DEPLOYMENT: OwnerKind = { apiVersion: "apps/v1", kind: "Deployment", resource: DEPLOYMENTS };

/** A Deployment's pod template. Its own controller replaces the pods, so none is deleted here. */
export class DeploymentWorkload implements WorkloadKind {
  readonly #api: KubeApi;

  constructor(api: KubeApi) {
    this.#api = api;
  }

  /** Pod -> ReplicaSet -> Deployment, each by a controller reference whose UID is that of the live object. */
  async find(pod: Pod): Promise<Lineage> {
    const found = await this.#deploymentOf(pod);
    if (found.kind === "disowned") return { kind: "none", why: found.why };
    return { kind: "found", ref: deploymentRef(found.owner) };
  }

  async read({ namespace, ref, container, pod }: WorkloadTarget): Promise<WorkloadSight> {
    const what = `Deployment ${namespace}/${ref.name}`;
    const path = objectPath(DEPLOYMENTS, namespace, ref.name);
    const [deployment, sets] = await Promise.all([
      getIfThere<Deployment>(this.#api, path),
      replicaSetsIn(this.#api, namespace),
    ]);
    if (deployment === undefined) return { kind: "missing", what };
    const own = sets.filter((set) => isControlledBy(set, deployment.metadata.uid));
    const why = wasReplaced(ref, deployment, pod) ?? (pod && notMadeBy(deployment, own, pod));
    if (why !== undefined) return { kind: "disowned", what, why };
    if (own.length === 0) return { kind: "disowned", what, why: `${what} has no ReplicaSet yet.` };
    const groups = own.map((set) => groupOf(deployment, set, container));
    return templateSight(deployment, { what, path, container }, groups, true);
  }

  async #deploymentOf(pod: Pod): Promise<Ownership<Deployment>> {
    const what = `pod ${pod.metadata.name}`;
    const set = await readController<TemplatedWorkload>(this.#api, pod, what, REPLICA_SET);
    if (set.kind === "disowned") return set;
    const whose = `ReplicaSet ${set.owner.metadata.name}`;
    const deployment = await readController<Deployment>(this.#api, set.owner, whose, DEPLOYMENT);
    if (deployment.kind === "disowned") return deployment;
    const why = notMadeBy(deployment.owner, [set.owner], pod);
    return why === undefined ? deployment : disowned(why);
  }
}

function deploymentRef({ metadata: { name, uid = "" } }: Deployment): WorkloadRef {
  return { apiVersion: "apps/v1", kind: "Deployment", resource: "deployments", name, uid };
}

/** Why `pod` is none that one of the Deployment's own ReplicaSets (`sets`) made. */
function notMadeBy(deployment: Deployment, sets: readonly TemplatedWorkload[], pod: Pod): string | undefined {
  const { name, labels } = pod.metadata;
  const what = `Deployment ${deployment.metadata.name}`;
  if (deployment.metadata.deletionTimestamp !== undefined) return `${what} is being deleted.`;
  const set = sets.find(({ metadata }) => isControlledBy(pod, metadata.uid));
  if (set === undefined) return `Pod ${name} is not controlled by a ReplicaSet of ${what} that is there now.`;
  for (const { spec, metadata } of [set, deployment])
    if (spec.selector === undefined || !matchesLabels(spec.selector, labels))
      return `The selector of ${metadata.name} does not match the labels of pod ${name}.`;
  return undefined;
}

function groupOf(deployment: Deployment, set: TemplatedWorkload, container: string): PodGroup {
  const { name, uid = "" } = set.metadata;
  const strategy = deploymentStrategy(deployment);
  const { metadata: meta, spec: podSpec } = deployment.spec.template;
  return {
    what: `ReplicaSet ${name}`,
    uid,
    strategy,
    podNames: [],
    podLabels: meta?.labels,
    podSpec,
    image: imageIn(set, container),
  };
}
