import type { WorkloadRef } from "../api/node-halt.ts";
import { hasCode } from "../controller-error.ts";
import type { WorkloadSight } from "../halts/observation.ts";
import type { Pod } from "../halts/pod.ts";
import { collectionPath, DEPLOYMENTS, objectPath, REPLICA_SETS } from "../kube/paths.ts";
import type { KubeApi, KubeObject } from "../kube/types.ts";
import { type TemplatedWorkload, templateSight } from "./pod-template.ts";
import type { WorkloadKind, WorkloadTarget } from "./workload.ts";

interface ReplicaSet extends KubeObject, Pick<TemplatedWorkload, "spec"> {}

const REVISION = "deployment.kubernetes.io/revision";

/** A Deployment's pod template. Its own controller replaces the pods, so none is deleted here. */
export class DeploymentWorkload implements WorkloadKind {
  readonly #api: KubeApi;

  constructor(api: KubeApi) {
    this.#api = api;
  }

  /** Pod -> ReplicaSet -> Deployment, by owner references. */
  async find(pod: Pod): Promise<WorkloadRef | undefined> {
    const { namespace = "", ownerReferences } = pod.metadata;
    const replicaSet = ownerReferences?.find(({ kind }) => kind === "ReplicaSet");
    if (replicaSet === undefined) return undefined;
    try {
      const { metadata } = await this.#api.get<ReplicaSet>(
        objectPath(REPLICA_SETS, namespace, replicaSet.name),
      );
      const owner = metadata.ownerReferences?.find(({ kind }) => kind === "Deployment");
      if (owner === undefined) return undefined;
      return { apiVersion: "apps/v1", kind: "Deployment", resource: "deployments", name: owner.name };
    } catch (error) {
      if (hasCode(error, "not-found")) return undefined;
      throw error;
    }
  }

  async read({ namespace, ref, container }: WorkloadTarget): Promise<WorkloadSight> {
    const what = `Deployment ${namespace}/${ref.name}`;
    const path = objectPath(DEPLOYMENTS, namespace, ref.name);
    try {
      return templateSight(await this.#api.get<TemplatedWorkload>(path), { what, path, container }, true);
    } catch (error) {
      if (hasCode(error, "not-found")) return { kind: "missing", what };
      throw error;
    }
  }

  /** The Deployment's ReplicaSets are its history, numbered by an annotation. */
  async previousImages({ namespace, ref, container }: WorkloadTarget): Promise<readonly string[]> {
    const { items } = await this.#api.list<ReplicaSet>(collectionPath(REPLICA_SETS, namespace));
    const images = items
      .filter(({ metadata }) =>
        metadata.ownerReferences?.some(({ kind, name }) => kind === "Deployment" && name === ref.name),
      )
      .toSorted((a, b) => revisionOf(b) - revisionOf(a))
      .flatMap(
        ({ spec }) => spec.template.spec.containers.find(({ name }) => name === container)?.image ?? [],
      );
    return [...new Set(images)];
  }

  async rollsOut(_target: WorkloadTarget, pods: readonly Pod[]): Promise<readonly Pod[]> {
    return pods;
  }

  /** A ReplicaSet is named after its Deployment and a hash without dashes. */
  owns(ref: WorkloadRef, pod: Pod): boolean {
    const owner = pod.metadata.ownerReferences?.find(({ kind }) => kind === "ReplicaSet")?.name ?? "";
    return owner.slice(0, owner.lastIndexOf("-")) === ref.name;
  }
}

function revisionOf({ metadata }: ReplicaSet): number {
  return Number(metadata.annotations?.[REVISION] ?? 0);
}
