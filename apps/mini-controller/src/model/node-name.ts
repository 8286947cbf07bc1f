import { controllerRefOf } from "../kube/owner-reference.ts";
import type { Pod } from "./pod.ts";

/** A node's name within its namespace: its pod's, or that of the Deployment whose ReplicaSets name pods anew. */
export function nodeNameOf(pod: Pod): string {
  return deploymentNameOf(pod) ?? pod.metadata.name;
}

const OF_DEPLOYMENT = ".deployment";

/** Name of the record of a Deployment's node: a pod may be called as the Deployment is. */
export function deploymentRecordName(deployment: string): string {
  return `${deployment}${OF_DEPLOYMENT}`;
}

/** Name of the record of the pod's node. */
export function recordNameOf(pod: Pod): string {
  const deployment = deploymentNameOf(pod);
  return deployment === undefined ? pod.metadata.name : deploymentRecordName(deployment);
}

/** Names under which the record of the pod's node may be, that which it is written under first: a Deployment's was once called as that. */
export function recordNamesOf(pod: Pod): readonly string[] {
  const deployment = deploymentNameOf(pod);
  return [recordNameOf(pod), ...(deployment === undefined ? [] : [deployment])];
}

/** Name, or key, of the Deployment of whose node a record is by its name, or key. */
export function deploymentOfRecord(record: string): string | undefined {
  return record.endsWith(OF_DEPLOYMENT) ? record.slice(0, -OF_DEPLOYMENT.length) : undefined;
}

/**
 * UID of what makes the node's pods anew: the pod's controller, or the pod itself where it has none. `undefined` of a Deployment's, whose
 * ReplicaSets are not the same for all of them.
 */
export function lastingOwnerOf(pod: Pod): string | undefined {
  return deploymentNameOf(pod) === undefined ? (controllerRefOf(pod)?.uid ?? pod.metadata.uid) : undefined;
}

/** The Deployment that named the ReplicaSet of a pod, by the hash that it gave both. Others make ReplicaSets as well. */
function deploymentNameOf({ metadata }: Pod): string | undefined {
  const owner = controllerRefOf({ metadata });
  const hash = metadata.labels?.["pod-template-hash"];
  if (owner?.kind !== "ReplicaSet" || !hash || !owner.name.endsWith(`-${hash}`)) return undefined;
  return owner.name.slice(0, -hash.length - 1);
}
