import type { Pod, VolumeMount } from "./pod.ts";

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

export function isNested(one: string, other: string): boolean {
  return foldersAround(one).includes(other) || foldersAround(other).includes(one);
}

/** The part of a volume that is mounted. One that is named after the pod is the pod's own; what else it may be is not known. */
function partOf({ subPath = "", subPathExpr }: VolumeMount, podName: string): string {
  return subPathExpr !== undefined && /\$\((?:POD_?NAME|HOSTNAME)\)/i.test(subPathExpr) ? podName : subPath;
}

const MACHINE = "the machine";
const FOLDER = "folder ";
/** Folders deeper than this are taken for the one at this depth. */
const DEEPEST = 32;

function folder(path: string, place: string): string {
  return `${FOLDER}${path.replaceAll(" of ", " of\u00a0")} of ${place}`;
}

export function isFolder(storage: string): boolean {
  return storage.startsWith(FOLDER);
}

export function pathIn(storage: string): string {
  return storage.slice(FOLDER.length, storage.indexOf(" of "));
}

function placeOf(storage: string): string {
  return storage.slice(storage.indexOf(" of ") + " of ".length);
}

export function isOfMachine(storage: string): boolean {
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

function normalised(path: string): string {
  return `/${path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .slice(0, DEEPEST)
    .join("/")}`;
}
