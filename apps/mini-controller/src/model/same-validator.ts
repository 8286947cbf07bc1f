import { machineOfNext } from "./machine-of-next.ts";
import { mayRun, type Pod } from "./pod.ts";
import { projectPod } from "./projected-pod.ts";
import { isFolder, isNested, isOfMachine, pathIn, storagesOf } from "./storages.ts";

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
 * node's data, for later. It stays on its machine unless the template names others.
 */
export function successorOf(pod: Pod, template: Pod["spec"]): Pod {
  const { nodeName: _, ...spec } = template;
  const nodeName = machineOfNext(pod.spec, template);
  return projectPod({ metadata: pod.metadata, spec: { ...spec, ...(nodeName && { nodeName }) } });
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

/** Folders of a machine that its agents mount as a whole. */
const WIDEST: ReadonlySet<string> = new Set([
  ...["/", "/dev", "/etc", "/proc", "/run", "/sys", "/var"],
  ...["/var/lib", "/var/lib/kubelet", "/var/log", "/var/run"],
]);

/** Whether both may be on one machine: a pod that has none yet may be given any. */
function mayMeet(one: Pod, other: Pod): boolean {
  const [here, there] = [one.spec.nodeName, other.spec.nodeName];
  return here === undefined || there === undefined || here === there;
}
