import { mayRun, type Pod } from "./pod.ts";

/** Another pod that may run as the same validator, and what both have. */
export interface Twin {
  readonly pod: string;
  readonly shares: string;
}

/** A pod, and the validator address that its node told, if it ever did. */
export interface KnownPod {
  readonly pod: Pod;
  readonly validatorAddress: string | undefined;
}

/**
 * Other pods that may be the same validator as `self`: they mount the same persistent claim, write the same folder of
 * the same machine, or told the same validator address on `/status`, in whichever namespace. Only a pod that was seen
 * to end is no danger (`mayRun`).
 */
export function twinsOf(self: KnownPod, others: Iterable<KnownPod>): readonly Twin[] {
  const own = new Set(storagesOf(self.pod));
  const twins: Twin[] = [];
  for (const other of others) {
    if (other.pod.metadata.uid === self.pod.metadata.uid || !mayRun(other.pod)) continue;
    const shares = sharedAddress(self, other) ?? sharedStorage(self.pod, own, other.pod);
    if (shares !== undefined)
      twins.push({ pod: `${other.pod.metadata.namespace}/${other.pod.metadata.name}`, shares });
  }
  return twins;
}

function sharedAddress({ validatorAddress }: KnownPod, other: KnownPod): string | undefined {
  if (validatorAddress === undefined || other.validatorAddress !== validatorAddress) return undefined;
  return `validator address ${validatorAddress}`;
}

function sharedStorage(self: Pod, own: ReadonlySet<string>, other: Pod): string | undefined {
  return storagesOf(other).find((storage) => own.has(storage) && (isClaim(storage) || mayMeet(self, other)));
}

/**
 * What of a pod outlives it, in words that are the same for the same thing: its persistent claims, and the folders of
 * its machine that a container writes. Sockets, devices and folders that are only read hold no node's data.
 */
export function storagesOf({ metadata, spec }: Pod): readonly string[] {
  const { namespace = "", name } = metadata;
  const written = new Set(
    spec.containers.flatMap(({ volumeMounts = [] }) =>
      volumeMounts.filter(({ readOnly }) => readOnly !== true).map((mount) => mount.name),
    ),
  );
  return (spec.volumes ?? []).flatMap((volume) => {
    const { persistentVolumeClaim, ephemeral, hostPath } = volume;
    if (persistentVolumeClaim !== undefined) return claim(namespace, persistentVolumeClaim.claimName);
    if (ephemeral !== undefined) return claim(namespace, `${name}-${volume.name}`);
    const isFolder = hostPath !== undefined && FOLDERS.has(hostPath.type ?? "") && written.has(volume.name);
    return isFolder ? `folder ${normalised(hostPath.path)} of the machine` : [];
  });
}

const CLAIM = "PersistentVolumeClaim";
const FOLDERS: ReadonlySet<string> = new Set(["", "Directory", "DirectoryOrCreate"]);

function claim(namespace: string, name: string): string {
  return `${CLAIM} ${namespace}/${name}`;
}

function isClaim(storage: string): boolean {
  return storage.startsWith(CLAIM);
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
    .join("/")}`;
}
