import { expect, test } from "vitest";
import { hasMachineFolder, type Pod, type PodVolume } from "./pod.ts";
import { projectPod } from "./projected-pod.ts";
import { type KnownPod, twinsOf } from "./same-validator.ts";
import { storageKeysOf, storageLookupsOf, storagesOf } from "./storages.ts";

const ADDRESS = "9A16B31C0B5FB4D2D4C3E9C3F5D6E7F8091A2B3C";
const DATA: PodVolume = { name: "data", persistentVolumeClaim: { claimName: "data-sei-0-0" } };
const FOLDER: PodVolume = { name: "data", hostPath: { path: "/var/lib/sei" } };

interface Changes {
  readonly namespace?: string;
  readonly volumes?: readonly PodVolume[];
  readonly readOnly?: boolean;
  readonly nodeName?: string;
  readonly deleting?: boolean;
  readonly status?: Pod["status"];
}

function podOf(name: string, changes: Changes = {}): Pod {
  const { namespace = "sei", volumes = [DATA], readOnly = false, nodeName, deleting, status } = changes;
  const mounts = volumes.map((volume) => ({ name: volume.name, readOnly }));
  return {
    metadata: {
      ...{ name, namespace, uid: `uid of ${name}` },
      ...(deleting === true ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}),
    },
    spec: {
      containers: [{ name: "seid", image: "seid:v6.6", volumeMounts: mounts }],
      volumes,
      ...(nodeName === undefined ? {} : { nodeName }),
    },
    ...(status === undefined ? {} : { status }),
  };
}

function twins(self: Pod, other: Pod, addresses: readonly (string | undefined)[] = []): readonly string[] {
  const [own, others] = addresses;
  const known: KnownPod = { pod: other, validatorAddresses: others === undefined ? [] : [others] };
  return twinsOf({ pod: self, validatorAddresses: own === undefined ? [] : [own] }, [known]).map(
    ({ pod, shares }) => `${pod}: ${shares}`,
  );
}

const ENDED = { name: "seid", state: { terminated: { exitCode: 0 } } };
const RUNNING = { name: "seid", state: { running: {} } };

test.each<[string, Changes, boolean]>([
  ["runs", { status: { phase: "Running", containerStatuses: [RUNNING] } }, true],
  ["waits to be scheduled", { status: { phase: "Pending" } }, true],
  [
    "is in back-off",
    { status: { phase: "Running", containerStatuses: [{ name: "seid", state: { waiting: {} } }] } },
    true,
  ],
  ["ended and may be restarted", { status: { phase: "Running", containerStatuses: [ENDED] } }, true],
  [
    "is being deleted on a machine that does not answer",
    { deleting: true, status: { phase: "Running", containerStatuses: [RUNNING] } },
    true,
  ],
  ["is of an unknown phase", { status: { phase: "Unknown", containerStatuses: [RUNNING] } }, true],
  [
    "is called Failed while its container was last seen running",
    { status: { phase: "Failed", containerStatuses: [RUNNING] } },
    true,
  ],
  ["is called Failed and told nothing of its containers", { status: { phase: "Failed" } }, true],
  ["has no status at all", {}, true],
  ["ended for good", { status: { phase: "Failed", containerStatuses: [ENDED] } }, false],
  ["succeeded", { status: { phase: "Succeeded", containerStatuses: [ENDED] } }, false],
])("another pod with the same claim that %s is a danger: %#", (_, changes, isDanger) => {
  expect(twins(podOf("sei-0-0"), podOf("other", changes))).toEqual(
    isDanger ? ["sei/other: PersistentVolumeClaim sei/data-sei-0-0"] : [],
  );
});

test("a claim of the same name in another namespace is another claim", () => {
  expect(twins(podOf("sei-0-0"), podOf("other", { namespace: "atlantic" }))).toEqual([]);
});

test("a pod is no twin of itself", () => {
  expect(twins(podOf("sei-0-0"), podOf("sei-0-0"))).toEqual([]);
});

test("the claim of an ephemeral volume can be mounted by its name", () => {
  const self = podOf("sei-0-0", { volumes: [{ name: "data", ephemeral: {} }] });
  expect(twins(self, podOf("other"))).toEqual([]);
  const claim = { name: "x", persistentVolumeClaim: { claimName: "sei-0-0-data" } };
  expect(twins(self, podOf("other", { volumes: [claim] }))).toHaveLength(1);
});

test.each<[string, Changes, Changes, boolean]>([
  ["of one machine", { nodeName: "a" }, { nodeName: "a" }, true],
  ["of another machine", { nodeName: "a" }, { nodeName: "b" }, false],
  ["of a machine that is not chosen yet", { nodeName: "a" }, {}, true],
  ["written otherwise", {}, { volumes: [{ name: "data", hostPath: { path: "//var/lib/./sei/" } }] }, true],
  ["that is only read", {}, { readOnly: true }, false],
  ["that is another", {}, { volumes: [{ name: "data", hostPath: { path: "/var/lib/other" } }] }, false],
  [
    "that is a socket",
    {},
    { volumes: [{ name: "data", hostPath: { path: "/var/lib/sei", type: "Socket" } }] },
    false,
  ],
])("two pods with a folder %s", (_, self, other, isDanger) => {
  const volumes = [FOLDER];
  expect(twins(podOf("a", { volumes, ...self }), podOf("b", { volumes, ...other }))).toHaveLength(
    isDanger ? 1 : 0,
  );
});

test.each([
  ["File", "/data/priv_validator_state.json", true],
  ["FileOrCreate", "/data/priv_validator_state.json", true],
  ["File", "/etc/localtime", false],
  ["FileOrCreate", "/run/xtables.lock", false],
  ["File", "/etc/sei/priv_validator_state.json", true],
])("two pods of one machine with the %s %s", (type, path, isDanger) => {
  const changes = { nodeName: "a", volumes: [{ name: "data", hostPath: { path, type } }] };
  expect(twins(podOf("a", changes), podOf("b", changes))).toHaveLength(isDanger ? 1 : 0);
});

test.each([
  [
    "its own name",
    { env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }] },
    false,
  ],
  ["a value", { env: [{ name: "POD_NAME", value: "val" }] }, true],
  [
    "a label",
    { env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.labels['x']" } } }] },
    true,
  ],
  ["what a config map has", { envFrom: [{ configMapRef: { name: "x" } }] }, true],
])("a folder that is named after a variable which is %s", (_, variables, isDanger) => {
  const pod = (name: string) => {
    const mount = { volumeMounts: [{ name: "data", subPathExpr: "$(POD_NAME)" }] };
    const containers = [{ name: "seid", image: "seid:v6.6", ...mount, ...variables }];
    return projectPod({ ...podOf(name), spec: { containers, volumes: [nfs("/exports") as PodVolume] } });
  };
  expect(twins(pod("a"), pod("b"))).toHaveLength(isDanger ? 1 : 0);
});

test("the same validator address is the same validator, wherever it runs", () => {
  const other = podOf("b", { namespace: "elsewhere", volumes: [] });
  expect(twins(podOf("a"), other, [ADDRESS, ADDRESS])).toEqual([`elsewhere/b: validator address ${ADDRESS}`]);
  expect(twins(podOf("a"), other, [ADDRESS, undefined])).toEqual([]);
  expect(twins(podOf("a"), other, [undefined, undefined])).toEqual([]);
});

test("what outlives a pod is named the same for the same thing", () => {
  const volumes = [DATA, { name: "logs", hostPath: { path: "/logs", type: "DirectoryOrCreate" } }];
  expect(storagesOf(podOf("sei-0-0", { volumes }))).toEqual([
    "PersistentVolumeClaim sei/data-sei-0-0",
    "folder /logs of the machine",
  ]);
});

const folderAt = (path: string): Changes => ({ volumes: [{ name: "data", hostPath: { path } }] });

test.each([
  ["/data", "/data/a", true],
  ["/data/a", "/data", true],
  ["/srv/sei/", "//srv/./sei/home", true],
  ["/data", "/data-of-another", false],
  ["/data/a", "/data/b", false],
  ["/", "/data", true],
  ["/data/sei", "/", false],
  ["/var/lib/sei", "/var/lib", false],
])("of two pods with the folders %s and %s, the second is a danger: %s", (own, others, isDanger) => {
  const [self, other] = [podOf("a", folderAt(own)), podOf("b", folderAt(others))];
  expect(twins(self, other)).toHaveLength(isDanger ? 1 : 0);
  const keys = new Set(storageKeysOf(other));
  const isFound = storageLookupsOf(self).some((key) => keys.has(key));
  expect(isFound || !isDanger).toBe(true);
});

test("a node that has a machine's widest folder is a danger, as an agent of the machine is not", () => {
  const [self, other] = [podOf("a", folderAt("/var/lib/sei")), podOf("b", folderAt("/var/lib"))];
  const known: KnownPod = { pod: other, validatorAddresses: [], looksLikeNode: true };
  expect(twinsOf({ pod: self, validatorAddresses: [] }, [known])).toEqual([
    { pod: "sei/b", shares: "folder /var/lib/sei of the machine" },
  ]);
});

test("a folder that an init container alone writes is shared as well", () => {
  const { spec, ...rest } = podOf("b", { volumes: [FOLDER], readOnly: true });
  const initContainers = [{ name: "node", image: "seid", volumeMounts: [{ name: "data" }] }];
  expect(twins(podOf("a", { volumes: [FOLDER] }), { ...rest, spec })).toEqual([]);
  expect(
    twins(podOf("a", { volumes: [FOLDER] }), { ...rest, spec: { ...spec, initContainers } }),
  ).toHaveLength(1);
});

test("a pod that is over runs on while one of its init containers does", () => {
  const status = { phase: "Failed", containerStatuses: [ENDED], initContainerStatuses: [RUNNING] };
  expect(twins(podOf("a"), podOf("b", { status }))).toHaveLength(1);
});

const nfs = (path: string, server = "10.0.0.9"): object => ({ name: "data", nfs: { server, path } });
const csi = (share: string, more: object = {}): object => ({
  name: "data",
  csi: { driver: "smb.csi.k8s.io", volumeAttributes: { source: share }, ...more },
});

/** A pod with a volume as the API server tells it. */
function networked(name: string, volume: object, mount: object = {}): Pod {
  const pod = podOf(name);
  const containers = [{ name: "seid", image: "seid:v6.6", volumeMounts: [{ name: "data", ...mount }] }];
  return projectPod({ ...pod, spec: { containers, volumes: [volume as PodVolume], nodeName: name } });
}

test.each<[string, object, object, boolean, object?]>([
  ["one folder of an NFS server", nfs("/exports/sei-0"), nfs("/exports/sei-0/"), true],
  ["a folder of an NFS server and one within", nfs("/exports"), nfs("/exports/sei-0"), true],
  ["two folders of an NFS server", nfs("/exports/sei-0"), nfs("/exports/sei-1"), false],
  ["one path of two NFS servers", nfs("/exports"), nfs("/exports", "10.0.0.8"), false],
  [
    "a folder of an NFS server that one only reads",
    nfs("/exports"),
    nfs("/exports"),
    false,
    { readOnly: true },
  ],
  [
    "an NFS server's folder and a folder of it",
    nfs("/exports/sei-0"),
    nfs("/exports"),
    true,
    { subPath: "sei-0" },
  ],
  [
    "an NFS server's folder and another of it",
    nfs("/exports/sei-0"),
    nfs("/exports"),
    false,
    { subPath: "sei-1" },
  ],
  [
    "an NFS server's folder and one named after its pod",
    nfs("/exports/sei-0-0"),
    nfs("/exports"),
    false,
    { subPathExpr: "$(POD_NAME)" },
  ],
  [
    "one path of CephFS, its monitors in another order",
    { name: "data", cephfs: { monitors: ["a", "b"], path: "/sei", user: "x" } },
    { name: "data", cephfs: { monitors: ["b", "a"], path: "/sei", secretRef: { name: "y" } } },
    true,
  ],
  [
    "one unit of iSCSI",
    { name: "data", iscsi: { targetPortal: "a:3260", iqn: "iqn.x", lun: 0, fsType: "ext4" } },
    { name: "data", iscsi: { targetPortal: "a:3260", iqn: "iqn.x", lun: 0, fsType: "xfs" } },
    true,
  ],
  [
    "two units of iSCSI",
    { name: "data", iscsi: { targetPortal: "a:3260", iqn: "iqn.x", lun: 0 } },
    { name: "data", iscsi: { targetPortal: "a:3260", iqn: "iqn.x", lun: 1 } },
    false,
  ],
  [
    "one share of Azure Files",
    { name: "data", azureFile: { secretName: "a", shareName: "sei" } },
    { name: "data", azureFile: { secretName: "b", shareName: "sei" } },
    true,
  ],
  ["one source of an inline CSI driver", csi("//a/sei"), csi("//a/sei"), true],
  ["two sources of an inline CSI driver", csi("//a/sei"), csi("//a/other"), false],
  ["secrets of an inline CSI driver", csi("//a/sei"), csi("//a/sei", { readOnly: true }), false],
  [
    "configuration",
    { name: "data", configMap: { name: "x" } },
    { name: "data", configMap: { name: "x" } },
    false,
  ],
  ["what is made for each pod", { name: "data", emptyDir: {} }, { name: "data", emptyDir: {} }, false],
])(
  "two pods that have %s, on different machines: the same node %s %s %s",
  (_, own, other, areTwins, mount) => {
    const [self, another] = [networked("sei-0-0", own), networked("sei-1-0", other, mount)];
    expect(twins(self, another)).toHaveLength(areTwins ? 1 : 0);
    const lookups = new Set(storageLookupsOf(self));
    expect(storageKeysOf(another).some((key) => lookups.has(key))).toBe(areTwins);
    expect(hasMachineFolder(another)).toBe("network" in (another.spec.volumes?.[0] ?? {}));
  },
);
