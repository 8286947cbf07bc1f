/** A kind of resource as its URLs name it. */
export interface ResourceKind {
  /** `v1` or `apps/v1`. */
  readonly apiVersion: string;
  readonly plural: string;
}

export const PODS: ResourceKind = { apiVersion: "v1", plural: "pods" };
export const NODES: ResourceKind = { apiVersion: "v1", plural: "nodes" };
export const NAMESPACES: ResourceKind = { apiVersion: "v1", plural: "namespaces" };
export const CLAIMS: ResourceKind = { apiVersion: "v1", plural: "persistentvolumeclaims" };
export const CONFIG_MAPS: ResourceKind = { apiVersion: "v1", plural: "configmaps" };
export const EVENTS: ResourceKind = { apiVersion: "v1", plural: "events" };
export const STATEFUL_SETS: ResourceKind = { apiVersion: "apps/v1", plural: "statefulsets" };
export const CONTROLLER_REVISIONS: ResourceKind = { apiVersion: "apps/v1", plural: "controllerrevisions" };
export const DEPLOYMENTS: ResourceKind = { apiVersion: "apps/v1", plural: "deployments" };
export const REPLICA_SETS: ResourceKind = { apiVersion: "apps/v1", plural: "replicasets" };
export const LEASES: ResourceKind = { apiVersion: "coordination.k8s.io/v1", plural: "leases" };
export const NODE_RECORDS: ResourceKind = {
  apiVersion: "upgrade-halt.dev/v1alpha1",
  plural: "noderecords",
};
export const HALT_POLICIES: ResourceKind = {
  apiVersion: "upgrade-halt.dev/v1alpha1",
  plural: "haltpolicies",
};
export const NODE_HALTS: ResourceKind = { apiVersion: "upgrade-halt.dev/v1alpha1", plural: "nodehalts" };

/** The URL path of a collection, an object or its subresource; an empty namespace means all or none. */
export function pathOf(kind: ResourceKind, namespace = "", name = "", subresource = ""): string {
  const root = kind.apiVersion.includes("/") ? `/apis/${kind.apiVersion}` : `/api/${kind.apiVersion}`;
  const parts = [root, namespace === "" ? "" : `/namespaces/${namespace}`, `/${kind.plural}`];
  return `${parts.join("")}${name === "" ? "" : `/${name}`}${subresource === "" ? "" : `/${subresource}`}`;
}
