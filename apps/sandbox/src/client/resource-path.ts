/** A kind of resource as its URLs name it. */
export interface ResourceKind {
  /** `v1` or `apps/v1`. */
  readonly apiVersion: string;
  readonly plural: string;
  /** `Pod`: a list leaves it out of its items. */
  readonly kind: string;
}

const resource = (apiVersion: string, kind: string, plural: string): ResourceKind => ({
  apiVersion,
  kind,
  plural,
});

export const PODS = resource("v1", "Pod", "pods");
export const NODES = resource("v1", "Node", "nodes");
export const NAMESPACES = resource("v1", "Namespace", "namespaces");
export const CLAIMS = resource("v1", "PersistentVolumeClaim", "persistentvolumeclaims");
export const CONFIG_MAPS = resource("v1", "ConfigMap", "configmaps");
export const EVENTS = resource("v1", "Event", "events");
export const STATEFUL_SETS = resource("apps/v1", "StatefulSet", "statefulsets");
export const CONTROLLER_REVISIONS = resource("apps/v1", "ControllerRevision", "controllerrevisions");
export const DEPLOYMENTS = resource("apps/v1", "Deployment", "deployments");
export const REPLICA_SETS = resource("apps/v1", "ReplicaSet", "replicasets");
export const LEASES = resource("coordination.k8s.io/v1", "Lease", "leases");
export const NODE_RECORDS = resource("upgrade-halt.dev/v1alpha1", "NodeRecord", "noderecords");
export const HALT_POLICIES = resource("upgrade-halt.dev/v1alpha1", "HaltPolicy", "haltpolicies");
export const NODE_HALTS = resource("upgrade-halt.dev/v1alpha1", "NodeHalt", "nodehalts");
export const SEI_NODES = resource("sei.io/v1alpha1", "SeiNode", "seinodes");
export const SEI_NETWORKS = resource("sei.io/v1alpha1", "SeiNetwork", "seinetworks");

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
