import { placementOf } from "./machine-of-next.ts";
import { networkStorageOf } from "./network-storage.ts";
import {
  type ContainerState,
  type ContainerStatus,
  type Pod,
  type PodContainer,
  type PodVolume,
  restartsAlways,
  type VolumeMount,
} from "./pod.ts";

/** Only what {@link Pod} names: specs, volumes and managed fields of ten thousand pods would fill the memory. */
export function projectPod(raw: Pod): Pod {
  const pod = withEphemeral(raw);
  const {
    containers,
    initContainers = [],
    nodeName,
    readinessGates,
    terminationGracePeriodSeconds,
  } = pod.spec;
  const sidecars = new Set(initContainers.filter(restartsAlways).map((container) => container.name));
  const volumes = pod.spec.volumes?.map(withNetwork).filter(outlivesPod);
  const keep = (container: PodContainer) => projectContainer(container, sidecars, volumes ?? []);
  return {
    metadata: projectMetadata(pod.metadata),
    spec: {
      containers: containers.map(keep),
      ...(initContainers.length === 0 ? {} : { initContainers: initContainers.map(keep) }),
      ...defined({ nodeName, readinessGates, terminationGracePeriodSeconds }),
      ...(isOnMachineNetwork(raw) && { hostNetwork: true }),
      ...defined({ volumes: volumes?.map(projectVolume) }),
      ...placementOf(pod.spec),
    },
    status: projectStatus(pod.status ?? {}, sidecars),
  };
}

function isOnMachineNetwork({ spec, status }: RawPod): boolean {
  const { podIP = "", hostIP } = status ?? {};
  return spec.hostNetwork === true || (podIP !== "" && podIP === hostIP);
}

function projectMetadata(metadata: Pod["metadata"]): Pod["metadata"] {
  const { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp, labels } = metadata;
  return {
    name,
    ...defined({ namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp, labels }),
    ...defined({
      ownerReferences: metadata.ownerReferences?.map(({ apiVersion, kind, name, uid, controller }) => ({
        apiVersion,
        kind,
        name,
        uid,
        ...defined({ controller }),
      })),
    }),
  };
}

function projectContainer(
  container: PodContainer,
  sidecars: ReadonlySet<string>,
  volumes: readonly PodVolume[],
): PodContainer {
  const { name, image, ports, volumeMounts, restartPolicy, isEphemeral } = container;
  const isKept = ({ name }: VolumeMount) => volumes.some((volume) => volume.name === name);
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
}

function projectVolume({ name, persistentVolumeClaim, ephemeral, hostPath, network }: PodVolume): PodVolume {
  return {
    name,
    ...defined({
      network,
      ephemeral: ephemeral && {},
      persistentVolumeClaim: persistentVolumeClaim && { claimName: persistentVolumeClaim.claimName },
      hostPath: hostPath && { path: hostPath.path, ...defined({ type: hostPath.type }) },
    }),
  };
}

function projectStatus(
  { phase, podIP, conditions, containerStatuses, initContainerStatuses }: NonNullable<Pod["status"]>,
  sidecars: ReadonlySet<string>,
): NonNullable<Pod["status"]> {
  const initStatuses =
    initContainerStatuses?.filter(({ name, state }) => state?.running !== undefined || sidecars.has(name)) ??
    [];
  return {
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
                ? projectContainerStatus(status)
                : { name: status.name, ...defined({ state: status.state }) },
            ),
      containerStatuses: containerStatuses?.map(projectContainerStatus),
    }),
  };
}

function projectContainerStatus(status: ContainerStatus): ContainerStatus {
  const { name, restartCount, ready, imageID, containerID, state, lastState } = status;
  return { name, ...defined({ restartCount, ready, imageID, containerID, state, lastState }) };
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
  return cutCopy(pod);
}

/** What tells what a pod shares with a node: storage, its machine, an address; and whether it looks like one. */
export function cutCopy(pod: Pod): Pod {
  const { labels: _, ...metadata } = pod.metadata;
  const { nodeName, volumes, hostNetwork, containers, initContainers } = pod.spec;
  const { phase, podIP, containerStatuses, initContainerStatuses } = pod.status ?? {};
  return {
    isCut: true,
    metadata,
    spec: {
      containers: containers.map(cutContainer),
      ...defined({ initContainers: initContainers?.map(cutContainer) }),
      ...defined({ nodeName, volumes, hostNetwork }),
    },
    status: defined({
      phase,
      podIP,
      containerStatuses: containerStatuses?.map(cutStatus),
      initContainerStatuses: initContainerStatuses?.map(cutStatus),
    }),
  };
}

/** Ports without a name: of what runs beside a node no more are asked. */
const MOST_PORTS = 16;

function cutContainer(container: PodContainer): PodContainer {
  const { name, image, volumeMounts, restartPolicy } = container;
  const ports = container.ports?.filter((port, index) => index < MOST_PORTS || port.name !== undefined);
  return { name, image, ...defined({ ports, volumeMounts, restartPolicy }) };
}

function cutStatus({ name, state }: ContainerStatus): ContainerStatus {
  return { name, ...defined({ state: state && cutState(state) }) };
}

function cutState({ running, waiting, terminated }: ContainerState): ContainerState {
  if (terminated === undefined) return defined({ running: running && {}, waiting: waiting && {} });
  const { exitCode, reason } = terminated;
  return { terminated: { exitCode, ...defined({ reason }) } };
}

/** A pod as the API server has it, with what somebody runs in it by hand. */
interface RawPod extends Pod {
  readonly spec: Pod["spec"] & { readonly ephemeralContainers?: readonly PodContainer[] };
  readonly status?: Pod["status"] & {
    readonly hostIP?: string;
    readonly ephemeralContainerStatuses?: readonly ContainerStatus[];
  };
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

/** The entries of `fields` that have a value. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
