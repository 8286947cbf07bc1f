import type { KubeObject } from "@upgrade-halt/kube";
import { GROUP, VERSION } from "../api/group.ts";

/** Where a kind of object lives: its API prefix and plural name. */
export interface Resource {
  readonly prefix: string;
  readonly plural: string;
}

export const PODS: Resource = { prefix: "/api/v1", plural: "pods" };
export const SECRETS: Resource = { prefix: "/api/v1", plural: "secrets" };
export const EVENTS: Resource = { prefix: "/api/v1", plural: "events" };
export const STATEFUL_SETS: Resource = { prefix: "/apis/apps/v1", plural: "statefulsets" };
export const DEPLOYMENTS: Resource = { prefix: "/apis/apps/v1", plural: "deployments" };
export const REPLICA_SETS: Resource = { prefix: "/apis/apps/v1", plural: "replicasets" };
export const CONTROLLER_REVISIONS: Resource = { prefix: "/apis/apps/v1", plural: "controllerrevisions" };
export const LEASES: Resource = { prefix: "/apis/coordination.k8s.io/v1", plural: "leases" };
export const HALT_POLICIES: Resource = { prefix: `/apis/${GROUP}/${VERSION}`, plural: "haltpolicies" };
export const NODE_RECORDS: Resource = { prefix: `/apis/${GROUP}/${VERSION}`, plural: "noderecords" };
export const NODE_HALTS: Resource = { prefix: `/apis/${GROUP}/${VERSION}`, plural: "nodehalts" };

/** API prefix of an `apiVersion`: the core group is the only one under `/api`. */
export function resourceOf(apiVersion: string, plural: string): Resource {
  return { prefix: apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`, plural };
}

/** URL path of a collection: of one namespace, or of all when `namespace` is absent. */
export function collectionPath({ prefix, plural }: Resource, namespace?: string): string {
  return namespace === undefined
    ? `${prefix}/${plural}`
    : `${prefix}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
}

/** URL path of one object, or of a subresource of it. */
export function objectPath(
  resource: Resource,
  namespace: string,
  name: string,
  subresource?: string,
): string {
  const path = `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** The namespace of an object; of one that is in none, the empty text. */
export function namespaceOf({ metadata }: KubeObject): string {
  return metadata.namespace ?? "";
}
