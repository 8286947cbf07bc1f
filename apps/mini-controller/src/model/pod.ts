import type { KubeObject } from "@upgrade-halt/kube";
import type { Placement } from "./machine-of-next.ts";
import type { NetworkStorage } from "./network-storage.ts";

/** How a container ended, as the kubelet reports it (`ContainerStateTerminated`). */
export interface TerminatedState {
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: TerminatedState;
}

export interface ContainerStatus {
  readonly name: string;
  readonly restartCount?: number;
  readonly ready?: boolean;
  /** What the kubelet runs, with its digest. */
  readonly imageID?: string;
  /** It begins with the name of the container runtime, such as `cri-o://`. */
  readonly containerID?: string;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
}

export interface VolumeMount {
  readonly name: string;
  readonly readOnly?: boolean;
  /** The folder of the volume that is mounted, and the same with the values of variables in it. */
  readonly subPath?: string;
  readonly subPathExpr?: string;
}

export interface PodContainer {
  readonly name: string;
  readonly image: string;
  readonly ports?: readonly ContainerPort[];
  /** Of the volumes that {@link Pod} keeps. */
  readonly volumeMounts?: readonly VolumeMount[];
  /** Of an init container: `Always` makes it run beside the containers (KEP-753). */
  readonly restartPolicy?: string;
  /** Somebody added it to the pod as that ran. */
  readonly isEphemeral?: true;
}

/** A volume whose content outlives the pod: two pods that have it may be one node twice. */
export interface PodVolume {
  readonly name: string;
  readonly persistentVolumeClaim?: { readonly claimName: string };
  /** Makes a claim named after the pod and the volume. */
  readonly ephemeral?: object;
  readonly hostPath?: { readonly path: string; readonly type?: string };
  /** A storage on the network that the pod names itself, without a claim. */
  readonly network?: NetworkStorage;
}

export interface PodCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

/** Of what places a pod, only what names the label of its machine. */
interface PodSpec extends Placement {
  /** It has its machine's address, and so have others there: each may answer at any port of it. */
  readonly hostNetwork?: boolean;
  readonly containers: readonly PodContainer[];
  /** One of these that restarts runs beside the containers, and may write what they write: ephemeral containers among them. */
  readonly initContainers?: readonly PodContainer[];
  readonly terminationGracePeriodSeconds?: number;
  /** Only those that outlive the pod. */
  readonly volumes?: readonly PodVolume[];
  readonly readinessGates?: readonly { readonly conditionType: string }[];
}

/** The part of a pod that the controller reads and keeps. */
export interface Pod extends KubeObject {
  /** Not even all of that is kept of it. */
  readonly isCut?: true;
  readonly spec: PodSpec;
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly conditions?: readonly PodCondition[];
    readonly containerStatuses?: readonly ContainerStatus[];
    /** Of the init containers that run, and of those that may be started again. */
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

/** Names of the containers that somebody added to the pod as it ran, and that have not ended. */
export function ephemeralContainersOf({ spec }: Pod): readonly string[] {
  return (spec.initContainers ?? []).filter(({ isEphemeral }) => isEphemeral).map(({ name }) => name);
}

/** All of a pod that says which one it is and whose: what rests on this holds for as long as it stays the same. */
export function provenanceOf({ metadata: { uid, labels, ownerReferences } }: Pod): string {
  return JSON.stringify([uid, labels, ownerReferences]);
}

/** Whether the pod has a folder of its machine, or of the network: a pod of any other namespace may have the same. */
export function hasMachineFolder({ spec }: Pod): boolean {
  return (
    spec.volumes?.some(({ hostPath, network }) => hostPath !== undefined || network !== undefined) ?? false
  );
}

/** The container with this name, or the init container that runs beside the others (KEP-753). */
export function containerOf({ spec }: Pod, name: string): PodContainer | undefined {
  return placedContainer(spec, name)?.container;
}

/** The same in a pod's spec or in a template's, and where it stands there: a JSON pointer within the spec. */
export function placedContainer(
  { containers, initContainers = [] }: Pick<Pod["spec"], "containers" | "initContainers">,
  name: string,
): { readonly container: PodContainer; readonly pointer: string } | undefined {
  const main = containers.findIndex((container) => container.name === name);
  const container = containers[main];
  if (container !== undefined) return { container, pointer: `/containers/${main}` };
  const beside = initContainers.findIndex((one) => one.name === name && restartsAlways(one));
  const sidecar = initContainers[beside];
  return sidecar && { container: sidecar, pointer: `/initContainers/${beside}` };
}

export function containerStatusOf(pod: Pod, name: string): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  const known = containerStatuses.find((status) => status.name === name);
  if (known !== undefined || containerOf(pod, name)?.restartPolicy !== "Always") return known;
  return initContainerStatuses.find((status) => status.name === name);
}

export function restartsAlways({ restartPolicy }: PodContainer): boolean {
  return restartPolicy === "Always";
}

/** Where the container serves `/status`, or `undefined` while the pod has no address or no such port. */
export function statusUrlOf(pod: Pod, container: string, portName: string): string | undefined {
  const port = portOf(containerOf(pod, container), portName);
  return port === undefined ? undefined : statusUrlAt(pod, port);
}

/** The same at a port that was found otherwise. */
export function statusUrlAt({ status }: Pod, port: number): string | undefined {
  const ip = status?.podIP;
  if (ip === undefined || ip === "") return undefined;
  return `http://${ip.includes(":") ? `[${ip}]` : ip}:${port}/status`;
}

/** Number of the port that a container gives this name. */
export function portOf(container: PodContainer | undefined, portName: string): number | undefined {
  return container?.ports?.find(({ name }) => name === portName)?.containerPort;
}

/** False once the kubelet says that the container's process has ended: nothing answers at its address then. */
export function mayServe(pod: Pod, container: string): boolean {
  const state = containerStatusOf(pod, container)?.state;
  return state?.terminated === undefined && state?.waiting === undefined;
}

/**
 * False only once a pod was seen to end for good: its phase says so, each of its containers was seen terminated, and no
 * init container runs, or ended where nobody saw it. A pod that is pending, waits to be restarted, is being deleted or sits on a node that does not answer may run, now or
 * later.
 */
export function mayRun({ status }: Pod): boolean {
  const isOver = status?.phase === "Failed" || status?.phase === "Succeeded";
  const containers = status?.containerStatuses ?? [];
  const haveEnded = containers.length > 0 && containers.every(({ state }) => wasSeenToEnd(state));
  const inits = status?.initContainerStatuses ?? [];
  const initsMayRun = inits.some(
    ({ state }) => state?.running !== undefined || (state?.terminated !== undefined && !wasSeenToEnd(state)),
  );
  return !(isOver && haveEnded) || initsMayRun;
}

/** Of pods that come one after the other the last that is to stay. */
export function newestOf(pods: readonly Pod[]): Pod | undefined {
  return pods
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .toSorted((a, b) =>
      (a.metadata.creationTimestamp ?? "") < (b.metadata.creationTimestamp ?? "") ? 1 : -1,
    )[0];
}

/** Whether the pod is running and ready, as a StatefulSet's controller counts that (`isRunningAndReady`). */
export function isReady({ status }: Pod): boolean {
  const { phase, conditions = [] } = status ?? {};
  return phase === "Running" && conditions.some(({ type, status }) => type === "Ready" && status === "True");
}

/** Whether the API server takes the pod away before its kubelet has ended it, wherever it is deleted as its own spec says. */
export function isTakenAtOnce({ spec }: Pod): boolean {
  return spec.terminationGracePeriodSeconds === 0;
}

/** A kubelet makes an end up for a container that it could not find: nobody saw that one end. */
function wasSeenToEnd(state: ContainerState | undefined): boolean {
  return state?.terminated !== undefined && state.terminated.reason !== "ContainerStatusUnknown";
}
