import type { KubeObject } from "@upgrade-halt/kube";
import { type NetworkStorage, networkStorageOf } from "./network-storage.ts";

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

/** The part of a pod that the controller reads and keeps. */
export interface Pod extends KubeObject {
  /** Not even all of that is kept of it. */
  readonly isCut?: true;
  readonly spec: {
    readonly containers: readonly PodContainer[];
    /** One of these that restarts runs beside the containers, and may write what they write: ephemeral containers among them. */
    readonly initContainers?: readonly PodContainer[];
    readonly nodeName?: string;
    readonly terminationGracePeriodSeconds?: number;
    /** Only those that outlive the pod. */
    readonly volumes?: readonly PodVolume[];
    readonly readinessGates?: readonly { readonly conditionType: string }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly conditions?: readonly PodCondition[];
    readonly containerStatuses?: readonly ContainerStatus[];
    /** Of the init containers that run, and of those that may be started again. */
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

/** A pod as the API server has it, with what somebody runs in it by hand. */
interface RawPod extends Pod {
  readonly spec: Pod["spec"] & { readonly ephemeralContainers?: readonly PodContainer[] };
  readonly status?: Pod["status"] & { readonly ephemeralContainerStatuses?: readonly ContainerStatus[] };
}

/** With the ephemeral containers that have not ended as ones that run beside the others: none of them is started again. */
function withEphemeral(pod: RawPod): Pod {
  const { ephemeralContainers = [] } = pod.spec;
  const { ephemeralContainerStatuses: statuses = [] } = pod.status ?? {};
  const present = ephemeralContainers.filter(
    ({ name }) => statuses.find((status) => status.name === name)?.state?.terminated === undefined,
  );
  if (present.length === 0) return pod;
  const kept = present.map((one) => ({ ...one, restartPolicy: "Always", isEphemeral: true }) as const);
  const { initContainers = [] } = pod.spec;
  const { initContainerStatuses = [] } = pod.status ?? {};
  return {
    ...pod,
    spec: { ...pod.spec, initContainers: [...initContainers, ...kept] },
    status: { ...pod.status, initContainerStatuses: [...initContainerStatuses, ...statuses] },
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

/** Only what {@link Pod} names: specs, volumes and managed fields of ten thousand pods would fill the memory. */
export function projectPod(raw: Pod): Pod {
  const pod = withEphemeral(raw);
  const {
    name,
    namespace,
    uid,
    resourceVersion,
    creationTimestamp,
    deletionTimestamp,
    labels,
    ownerReferences,
  } = pod.metadata;
  const { phase, podIP, conditions, containerStatuses, initContainerStatuses } = pod.status ?? {};
  const { initContainers = [], nodeName, readinessGates, terminationGracePeriodSeconds } = pod.spec;
  const sidecars = new Set(initContainers.filter(restartsAlways).map((container) => container.name));
  const initStatuses =
    initContainerStatuses?.filter(({ name, state }) => state?.running !== undefined || sidecars.has(name)) ??
    [];
  const volumes = pod.spec.volumes?.map(withNetwork).filter(outlivesPod);
  const isKept = ({ name }: VolumeMount) => volumes?.some((volume) => volume.name === name) ?? false;
  const keepStatus = ({
    name,
    restartCount,
    ready,
    imageID,
    containerID,
    state,
    lastState,
  }: ContainerStatus) => ({
    name,
    ...defined({ restartCount, ready, imageID, containerID, state, lastState }),
  });
  const keep = (container: PodContainer): PodContainer => {
    const { name, image, ports, volumeMounts, restartPolicy, isEphemeral } = container;
    return {
      name,
      image,
      ...(sidecars.has(name) ? defined({ restartPolicy, isEphemeral }) : {}),
      ...defined({
        volumeMounts: volumeMounts?.filter(isKept).map(({ name, readOnly, subPath, subPathExpr }) => ({
          name,
          ...defined({
            readOnly,
            subPath,
            subPathExpr: isOfPod(subPathExpr, container) ? subPathExpr : undefined,
          }),
        })),
        ports: ports?.map(({ name, containerPort }) => ({ containerPort, ...defined({ name }) })),
      }),
    };
  };
  return {
    metadata: {
      name,
      ...defined({ namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp, labels }),
      ...defined({
        ownerReferences: ownerReferences?.map(({ apiVersion, kind, name, uid, controller }) => ({
          apiVersion,
          kind,
          name,
          uid,
          ...defined({ controller }),
        })),
      }),
    },
    spec: {
      containers: pod.spec.containers.map(keep),
      ...(initContainers.length === 0 ? {} : { initContainers: initContainers.map(keep) }),
      ...defined({ nodeName, readinessGates, terminationGracePeriodSeconds }),
      ...defined({
        volumes: volumes?.map(({ name, persistentVolumeClaim, ephemeral, hostPath, network }) => ({
          name,
          ...defined({
            network,
            ephemeral: ephemeral && {},
            persistentVolumeClaim: persistentVolumeClaim && {
              claimName: persistentVolumeClaim.claimName,
            },
            hostPath: hostPath && { path: hostPath.path, ...defined({ type: hostPath.type }) },
          }),
        })),
      }),
    },
    status: {
      ...defined({ phase, podIP }),
      ...defined({
        conditions: conditions?.map(({ type, status, reason }) => ({ type, status, ...defined({ reason }) })),
      }),
      ...defined({
        initContainerStatuses:
          initStatuses.length === 0
            ? undefined
            : initStatuses.map((status) =>
                sidecars.has(status.name)
                  ? keepStatus(status)
                  : { name: status.name, ...defined({ state: status.state }) },
              ),
        containerStatuses: containerStatuses?.map(keepStatus),
      }),
    },
  };
}

function withNetwork(volume: PodVolume): PodVolume {
  const network = networkStorageOf(volume);
  return network === undefined ? volume : { ...volume, network };
}

/** Variables of a container, as the API server has them. */
interface WithVariables {
  readonly env?: readonly {
    readonly name: string;
    readonly valueFrom?: { readonly fieldRef?: { readonly fieldPath?: string } };
  }[];
  readonly envFrom?: readonly object[];
}

const OWN_FIELDS: ReadonlySet<string | undefined> = new Set(["metadata.name", "metadata.uid"]);

/** Whether the variables in a path are those that a pod has of itself, and not values that several pods may share. */
function isOfPod(
  path: string | undefined,
  { env = [], envFrom = [] }: PodContainer & WithVariables,
): boolean {
  const names = [...(path ?? "").matchAll(/\$\((\w+)\)/g)].map(([, name]) => name);
  return names.every((name) => {
    const variable = env.findLast((one) => one.name === name);
    if (variable === undefined) return envFrom.length === 0;
    return OWN_FIELDS.has(variable.valueFrom?.fieldRef?.fieldPath);
  });
}

function outlivesPod({ persistentVolumeClaim, ephemeral, hostPath, network }: PodVolume): boolean {
  return [persistentVolumeClaim, ephemeral, hostPath, network].some((source) => source !== undefined);
}

/** More characters than any node's pod comes to. */
const MOST_UNSELECTED = 16 * 1024;

/** A pod that no policy selects is kept to see what it shares with a node, and for no more than that. */
export function projectUnselected(pod: Pod): Pod {
  if (JSON.stringify(pod).length <= MOST_UNSELECTED) return pod;
  const { labels: _, ...metadata } = pod.metadata;
  const { nodeName, volumes } = pod.spec;
  const { containers: main, initContainers = [] } = pod.spec;
  const containers = [...main, ...initContainers].flatMap(({ name, volumeMounts = [] }) =>
    volumeMounts.length === 0 ? [] : { name, image: "", volumeMounts },
  );
  const { phase } = pod.status ?? {};
  return {
    isCut: true,
    metadata,
    spec: { containers, ...defined({ nodeName, volumes }) },
    status: { ...defined({ phase }) },
  };
}

/** Whether the pod has a folder of its machine, or of the network: a pod of any other namespace may have the same. */
export function hasMachineFolder({ spec }: Pod): boolean {
  return (
    spec.volumes?.some(({ hostPath, network }) => hostPath !== undefined || network !== undefined) ?? false
  );
}

/** The entries of `fields` that have a value. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
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

function restartsAlways({ restartPolicy }: PodContainer): boolean {
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
