import { mayRun, type Pod, projectPod, type VolumeMount } from "./pod.ts";

/** Another pod that may run as the same validator, and what both have. */
export interface Twin {
  readonly pod: string;
  readonly shares: string;
}

/** A pod, and the validator addresses that its nodes told, if they ever did. */
export interface KnownPod {
  readonly pod: Pod;
  readonly validatorAddresses: readonly string[];
  /** It looks like a node of this kind, and not like something that looks after the machine. */
  readonly looksLikeNode?: boolean;
  /** What its template makes in its place. */
  readonly successor?: Pod | undefined;
}

/**
 * Other pods that may be the same validator as `self`: they mount the same persistent claim, write the same folder of
 * the same machine or one within it, or told the same validator address on `/status`, in whichever namespace; or they have what the
 * pod in its place would mount. Only a pod that was seen to end is no danger (`mayRun`).
 */
export function twinsOf(self: KnownPod, others: Iterable<KnownPod>): readonly Twin[] {
  const own = new Set(storagesOf(self.pod));
  const next = self.successor && { pod: self.successor, storages: new Set(storagesOf(self.successor)) };
  const twins: Twin[] = [];
  for (const other of others) {
    if (other.pod.metadata.uid === self.pod.metadata.uid || !mayRun(other.pod)) continue;
    const staged = next && sharedStorage(next.pod, next.storages, other);
    const shares =
      sharedAddress(self, other) ??
      sharedStorage(self.pod, own, other) ??
      (staged && `${staged}, which its template has by now`);
    if (shares !== undefined)
      twins.push({ pod: `${other.pod.metadata.namespace}/${other.pod.metadata.name}`, shares });
  }
  return twins;
}

/**
 * The pod that is made in the place of `pod` from its template as that is now, in what it mounts: somebody may have given it another
 * node's data, for later. On which machine it will be is not known; most stay where they are.
 */
export function successorOf(pod: Pod, template: Pod["spec"]): Pod {
  const { nodeName } = pod.spec;
  return projectPod({ metadata: pod.metadata, spec: { ...template, ...(nodeName && { nodeName }) } });
}

function sharedAddress({ validatorAddresses }: KnownPod, other: KnownPod): string | undefined {
  const shared = validatorAddresses.find((address) => other.validatorAddresses.includes(address));
  return shared && `validator address ${shared}`;
}

function sharedStorage(self: Pod, own: ReadonlySet<string>, other: KnownPod): string | undefined {
  for (const storage of storagesOf(other.pod)) {
    if (!isFolder(storage)) {
      if (own.has(storage)) return storage;
      continue;
    }
    if (isOfMachine(storage) && !mayMeet(self, other.pod)) continue;
    if (own.has(storage)) return storage;
    // What looks after the machine writes its widest folders, and is no node for that.
    const isAgent = other.looksLikeNode !== true && isOfMachine(storage) && WIDEST.has(pathIn(storage));
    const inner = isAgent ? undefined : [...own].find((one) => isFolder(one) && isNested(one, storage));
    if (inner !== undefined) return pathIn(inner).length > pathIn(storage).length ? inner : storage;
  }
  return undefined;
}

/** Index values of a pod under which those that share its storage look: its storages, and the folders that have them within. */
export function storageKeysOf(pod: Pod): readonly string[] {
  return storagesOf(pod).flatMap((storage) =>
    isFolder(storage) ? [storage, ...foldersAround(storage).map(beneath)] : storage,
  );
}

/** Index values to look under for pods that share a storage with `pod`. */
export function storageLookupsOf(pod: Pod): readonly string[] {
  return storagesOf(pod).flatMap((storage) =>
    isFolder(storage) ? [storage, ...foldersAround(storage), beneath(storage)] : storage,
  );
}

function beneath(storage: string): string {
  return `within ${storage}`;
}

/** The folders that a folder is within, the root of its place included. */
function foldersAround(storage: string): readonly string[] {
  const parts = pathIn(storage).split("/").slice(1);
  if (parts[0] === "") return [];
  return parts.map((_, index) => folder(`/${parts.slice(0, index).join("/")}`, placeOf(storage)));
}

function isNested(one: string, other: string): boolean {
  return foldersAround(one).includes(other) || foldersAround(other).includes(one);
}

/**
 * What of a pod outlives it, in words that are the same for the same thing: its persistent claims, and the folders of
 * its machine and of the network that a container writes, files of the machine included. Sockets, devices and folders that are only read hold no node's data.
 */
export function storagesOf({ metadata, spec }: Pod): readonly string[] {
  const { namespace = "", name } = metadata;
  const mounts = [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ volumeMounts = [] }) =>
    volumeMounts.filter(({ readOnly }) => readOnly !== true),
  );
  return (spec.volumes ?? []).flatMap((volume) => {
    const { persistentVolumeClaim, ephemeral, hostPath, network } = volume;
    if (persistentVolumeClaim !== undefined) return claim(namespace, persistentVolumeClaim.claimName);
    if (ephemeral !== undefined) return claim(namespace, `${name}-${volume.name}`);
    const written = mounts.filter((mount) => mount.name === volume.name);
    if (network !== undefined) {
      const paths = written.map((mount) => normalised(`${network.path ?? ""}/${partOf(mount, name)}`));
      return [...new Set(paths)].map((path) => folder(path, network.place));
    }
    if (hostPath === undefined || written.length === 0) return [];
    const path = normalised(hostPath.path);
    const isData =
      FOLDERS.has(hostPath.type ?? "") || (FILES.has(hostPath.type ?? "") && !OF_SYSTEM.test(path));
    return isData ? folder(path, MACHINE) : [];
  });
}

/** The part of a volume that is mounted. One that is named after the pod is the pod's own; what else it may be is not known. */
function partOf({ subPath = "", subPathExpr }: VolumeMount, podName: string): string {
  return subPathExpr !== undefined && /\$\((?:POD_?NAME|HOSTNAME)\)/i.test(subPathExpr) ? podName : subPath;
}

const MACHINE = "the machine";
const FOLDER = "folder ";
/** Folders of a machine that its agents mount as a whole. */
const WIDEST: ReadonlySet<string> = new Set([
  ...["/", "/dev", "/etc", "/proc", "/run", "/sys", "/var"],
  ...["/var/lib", "/var/lib/kubelet", "/var/log", "/var/run"],
]);
/** Folders deeper than this are taken for the one at this depth. */
const DEEPEST = 32;

function folder(path: string, place: string): string {
  return `${FOLDER}${path.replaceAll(" of ", " of\u00a0")} of ${place}`;
}

function isFolder(storage: string): boolean {
  return storage.startsWith(FOLDER);
}

function pathIn(storage: string): string {
  return storage.slice(FOLDER.length, storage.indexOf(" of "));
}

function placeOf(storage: string): string {
  return storage.slice(storage.indexOf(" of ") + " of ".length);
}

function isOfMachine(storage: string): boolean {
  return placeOf(storage) === MACHINE;
}

const CLAIM = "PersistentVolumeClaim";
const FOLDERS: ReadonlySet<string> = new Set(["", "Directory", "DirectoryOrCreate"]);
/** A single file may be all that a validator has: what it signed last. */
const FILES: ReadonlySet<string> = new Set(["File", "FileOrCreate"]);
/** Files that pods of any kind mount: the time zone, a lock of the firewall. */
const OF_SYSTEM = /^\/(?:etc\/[^/]+|(?:dev|proc|run|sys|usr|var\/run)\/.*)$/;

function claim(namespace: string, name: string): string {
  return `${CLAIM} ${namespace}/${name}`;
}

/** Whether both may be on one machine: a pod that has none yet may be given any. */
function mayMeet(one: Pod, other: Pod): boolean {
  const [here, there] = [one.spec.nodeName, other.spec.nodeName];
  return here === undefined || there === undefined || here === there;
}

function normalised(path: string): string {
  return `/${path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .slice(0, DEEPEST)
    .join("/")}`;
}
