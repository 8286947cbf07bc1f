/** A storage on the network, in words that are the same for the same thing. */
export interface NetworkStorage {
  /** `NFS server 10.0.0.9`, or the whole of it where it has no folders. */
  readonly place: string;
  /** The folder there, where it has some: a pod may mount one within it. */
  readonly path?: string | undefined;
}

/** Volumes that are made for the pod, or only read, or known otherwise. */
const NOT_NETWORK: ReadonlySet<string> = new Set(
  "name network emptyDir configMap secret downwardAPI projected image gitRepo persistentVolumeClaim ephemeral hostPath".split(
    " ",
  ),
);
/** What does not tell one storage from another. */
const NOT_IDENTITY: ReadonlySet<string> = new Set([
  ...[
    "readOnly",
    "fsType",
    "secretRef",
    "secretName",
    "secretNamespace",
    "secretFile",
    "user",
    "keyring",
    "mountOptions",
  ],
  ...[
    "cachingMode",
    "kind",
    "chapAuthDiscovery",
    "chapAuthSession",
    "initiatorName",
    "iscsiInterface",
    "nodePublishSecretRef",
  ],
]);
/** The field of a source that is a folder. */
const PATHS: Readonly<Record<string, string>> = {
  nfs: "path",
  cephfs: "path",
  glusterfs: "path",
  quobyte: "volume",
};

/**
 * The storage on the network that a volume of a pod names (`VolumeSource` of Kubernetes 1.35: NFS, iSCSI, CephFS, Azure Files, an
 * inline CSI volume and others). `undefined` for any other, and for one that is only read: it holds no node's data.
 */
export function networkStorageOf(volume: object): NetworkStorage | undefined {
  for (const [kind, source] of Object.entries(volume)) {
    if (NOT_NETWORK.has(kind) || typeof source !== "object" || source === null) continue;
    if ("readOnly" in source && source.readOnly === true) return undefined;
    const pathField = PATHS[kind];
    const fields = Object.entries(source).filter(([field]) => !NOT_IDENTITY.has(field));
    const path = fields.find(([field]) => field === pathField)?.[1];
    const where = fields.filter(([field]) => field !== pathField || typeof path !== "string").toSorted();
    const place = `${kind} volume ${JSON.stringify(Object.fromEntries(where.map(([field, value]) => [field, ordered(value)])))}`;
    return typeof path === "string" ? { place, path } : { place };
  }
  return undefined;
}

/** Lists such as those of monitors and portals are sets. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => JSON.stringify(item)).toSorted();
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).toSorted());
}
