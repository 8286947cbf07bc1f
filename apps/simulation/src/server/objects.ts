/** Objects of the simulated API server. Written objects are never changed: a write puts a new one in their place. */
export interface Meta {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerRef[];
}

export interface OwnerRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

export interface Stored {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: Meta;
  readonly spec?: Json;
  readonly status?: Json;
  readonly [field: string]: unknown;
}

export type Json = Readonly<Record<string, unknown>>;

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly readOnly?: boolean;
    readonly subPath?: string;
    readonly subPathExpr?: string;
  }[];
  readonly restartPolicy?: string;
}

export interface Terminated {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAt: string;
  readonly finishedAt: string;
}

export interface ContainerState {
  readonly running?: { readonly startedAt: string };
  readonly waiting?: { readonly reason: string };
  readonly terminated?: Terminated;
}

export interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly imageID: string;
  readonly containerID?: string;
  readonly restartCount: number;
  readonly ready: boolean;
  readonly state: ContainerState;
  readonly lastState: ContainerState;
}

/** On which machines a pod may be. */
export interface Placement {
  readonly nodeName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: Json;
}

export interface Pod extends Stored {
  readonly spec: Omit<Placement, "nodeName"> & {
    readonly nodeName: string;
    readonly hostNetwork?: boolean;
    readonly containers: readonly ContainerSpec[];
    readonly initContainers?: readonly ContainerSpec[];
    readonly volumes?: readonly Json[];
  };
  readonly status: {
    readonly phase: string;
    readonly podIP?: string;
    readonly conditions?: readonly Json[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

export interface StatefulSet extends Stored {
  readonly spec: {
    readonly replicas: number;
    readonly podManagementPolicy: "OrderedReady" | "Parallel";
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly updateStrategy: {
      readonly type: "OnDelete" | "RollingUpdate";
      readonly rollingUpdate?: { readonly partition?: number };
    };
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: Placement & {
        readonly containers: readonly ContainerSpec[];
        readonly volumes?: readonly Json[];
        readonly readinessGates?: readonly Json[];
      };
    };
  };
  readonly status?: Json & {
    readonly observedGeneration?: number;
    readonly currentRevision?: string;
    readonly currentReplicas?: number;
    readonly updateRevision?: string;
  };
}

export interface ReplicaSet extends Stored {
  readonly spec: Pick<StatefulSet["spec"], "replicas" | "selector" | "template">;
}

export interface Deployment extends Stored {
  readonly spec: ReplicaSet["spec"] & { readonly strategy: { readonly type: "Recreate" | "RollingUpdate" } };
}

/** A custom resource whose controller carries its image on to a StatefulSet of its name. */
export interface SeiNode extends Stored {
  readonly spec: { readonly image: string };
}

/** The owner of several of them, which writes its image into each. */
export type SeiNetwork = SeiNode;

/** What can hold the image of a pod. */
export type Workload = StatefulSet | Deployment | SeiNode;

export interface Upgrade {
  readonly planName: string;
  readonly height?: number;
  readonly image: string;
}

export interface HaltPolicy extends Stored {
  readonly spec: Json & {
    readonly selector: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly chainId?: string;
    readonly container: string;
    readonly upgrades: readonly Upgrade[];
    readonly inferredHalts?: "Ignore" | "Page" | "Act";
    readonly paused?: boolean;
    readonly dryRun?: boolean;
  };
}

export interface NodeHalt extends Stored {
  readonly spec: Json & {
    readonly podName: string;
    readonly podUID: string;
    readonly policyName: string;
    readonly reason: string;
    readonly planName?: string;
    readonly height?: number;
    readonly image?: string;
    readonly sources?: readonly string[];
    readonly workload?: { readonly kind: string; readonly uid?: string };
  };
  readonly status?: Json & {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly reason?: string;
    readonly toImage?: string;
    readonly page?: { readonly key: string; readonly reason: string; readonly state: string };
  };
}

const GROUP = "/apis/upgrade-halt.dev/v1alpha1";

export const PATHS = {
  pods: "/api/v1/pods",
  statefulSets: "/apis/apps/v1/statefulsets",
  deployments: "/apis/apps/v1/deployments",
  replicaSets: "/apis/apps/v1/replicasets",
  seiNodes: "/apis/sei.io/v1alpha1/seinodes",
  seiNetworks: "/apis/sei.io/v1alpha1/seinetworks",
  revisions: "/apis/apps/v1/controllerrevisions",
  policies: `${GROUP}/haltpolicies`,
  halts: `${GROUP}/nodehalts`,
  records: `${GROUP}/noderecords`,
  leases: "/apis/coordination.k8s.io/v1/leases",
} as const;

/** Collections of objects that hold an image. */
export const IMAGE_HOLDERS: ReadonlySet<string> = new Set([
  PATHS.statefulSets,
  PATHS.deployments,
  PATHS.seiNodes,
  PATHS.seiNetworks,
]);

/** URL path below a collection of {@link PATHS}: of a namespace's objects, of one of them, or of a subresource of it. */
export function pathOf(collection: string, namespace: string, name?: string, subresource?: string): string {
  const at = collection.lastIndexOf("/");
  const objects = `${collection.slice(0, at)}/namespaces/${namespace}${collection.slice(at)}`;
  return [objects, name, subresource].filter((part) => part !== undefined).join("/");
}

/** URL path of an object, or of a subresource of it. */
export function pathOfObject(
  collection: string,
  { metadata }: Pick<Stored, "metadata">,
  subresource?: string,
): string {
  return pathOf(collection, metadata.namespace, metadata.name, subresource);
}

/** The reference to the owner that controls an object. */
export function controllerOf({ metadata }: Stored): OwnerRef | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller);
}

/** By which an object controls what it makes. */
export function controllingRef({ apiVersion = "", kind = "", metadata: { name, uid } }: Stored): OwnerRef {
  return { apiVersion, kind, name, uid, controller: true };
}

/** Whether one of an object's controllers has this UID. */
export function isControlledBy(owner: string): (object: Stored) => boolean {
  return ({ metadata }) =>
    metadata.ownerReferences?.some(({ uid, controller }) => controller && uid === owner) ?? false;
}

/** Whether a pod's process is up, and the pod is not asked to end. */
export function isReady({ metadata, status }: Pod): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  return (status.conditions ?? []).some(({ type, status }) => type === "Ready" && status === "True");
}
