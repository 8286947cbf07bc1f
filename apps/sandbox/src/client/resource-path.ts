/** A kind of resource as its URLs name it. */
export interface ResourceKind {
  /** `v1` or `apps/v1`. */
  readonly apiVersion: string;
  readonly plural: string;
  /** `Pod`: a list leaves it out of its items. */
  readonly kind: string;
}

export const PODS: ResourceKind = { apiVersion: "v1", kind: "Pod", plural: "pods" };
export const NODES: ResourceKind = { apiVersion: "v1", kind: "Node", plural: "nodes" };
export const NAMESPACES: ResourceKind = { apiVersion: "v1", kind: "Namespace", plural: "namespaces" };
export const CLAIMS: ResourceKind = {
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  plural: "persistentvolumeclaims",
};
export const CONFIG_MAPS: ResourceKind = { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps" };
export const EVENTS: ResourceKind = { apiVersion: "v1", kind: "Event", plural: "events" };
export const STATEFUL_SETS: ResourceKind = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  plural: "statefulsets",
};
export const CONTROLLER_REVISIONS: ResourceKind = {
  apiVersion: "apps/v1",
  kind: "ControllerRevision",
  plural: "controllerrevisions",
};
export const DEPLOYMENTS: ResourceKind = { apiVersion: "apps/v1", kind: "Deployment", plural: "deployments" };
export const REPLICA_SETS: ResourceKind = {
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  plural: "replicasets",
};
export const LEASES: ResourceKind = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", plural: "leases" };
export const NODE_RECORDS: ResourceKind = {
  apiVersion: "upgrade-halt.dev/v1alpha1",
  kind: "NodeRecord",
  plural: "noderecords",
};
export const HALT_POLICIES: ResourceKind = {
  apiVersion: "upgrade-halt.dev/v1alpha1",
  kind: "HaltPolicy",
  plural: "haltpolicies",
};
export const NODE_HALTS: ResourceKind = {
  apiVersion: "upgrade-halt.dev/v1alpha1",
  kind: "NodeHalt",
  plural: "nodehalts",
};

/** The URL path of a collection, an object or its subresource; an empty namespace means all or none. */
export function pathOf(
  kind: Omit<ResourceKind, "kind">,
  namespace = "",
  name = "",
  subresource = "",
): string {
  const root = kind.apiVersion.includes("/") ? `/apis/${kind.apiVersion}` : `/api/${kind.apiVersion}`;
  const parts = [root, namespace === "" ? "" : `/namespaces/${namespace}`, `/${kind.plural}`];
  return `${parts.join("")}${name === "" ? "" : `/${name}`}${subresource === "" ? "" : `/${subresource}`}`;
}
