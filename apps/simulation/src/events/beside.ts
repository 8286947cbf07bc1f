import { imageOf } from "../cluster/chain.ts";
import { type Cluster, NAMESPACE } from "../cluster/cluster.ts";
import type { Simulation } from "../episode/simulation.ts";
import { type ContainerSpec, type Json, PATHS, type Pod, pathOf } from "../server/objects.ts";
import { type Dice, pick } from "./dice.ts";

/** Storage that pods name: on the network, on the machine, and what is made for the pod alone. */
const VOLUMES: readonly Json[] = [
  { name: "data", nfs: { server: "10.0.0.9", path: "/exports" } },
  { name: "data", nfs: { server: "10.0.0.9", path: "/exports/keys", readOnly: true } },
  { name: "data", iscsi: { targetPortal: "10.0.0.9", iqn: "iqn.2001-04.com.example:keys", lun: 0 } },
  { name: "data", cephfs: { monitors: ["10.0.0.9", "10.0.0.8"], path: "/keys" } },
  { name: "data", rbd: { monitors: ["10.0.0.9"], image: "keys", secretRef: null } },
  { name: "data", csi: { driver: "files.example", volumeAttributes: { share: "keys" }, readOnly: null } },
  { name: "data", cephfs: { monitors: ["10.0.0.9"], path: null } },
  { name: "data", strange: null },
  { name: "data", hostPath: { path: "/var/keys/old" } },
  { name: "data", hostPath: { path: "/var" } },
  { name: "data", hostPath: { path: "/" } },
  { name: "data", ephemeral: {} },
];

const MOUNTS: readonly NonNullable<ContainerSpec["volumeMounts"]>[] = [
  [{ name: "data" }],
  [{ name: "data", subPath: "keys" }],
  [{ name: "data", subPathExpr: "$(POD_NAME)" }],
  [{ name: "data", subPathExpr: "$(ZONE)/keys" }],
  [{ name: "data", readOnly: true }],
];

/** What mounts name: one is the pod's own, the other the same for several. */
const VARIABLES: readonly Json[] = [
  { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
  { name: "ZONE", value: "one" },
];

/** So many labels that nobody would keep all of such a pod. */
const MANY_LABELS = Object.fromEntries(
  Array.from({ length: 400 }, (_, index) => [`label-${index}`, "x".repeat(40)]),
);

/** Pods beside the nodes: what they have of a node, they may have in common with one. */
export const BESIDE_EVENTS = {
  "pod-beside": [3, ({ cluster }: Simulation, dice: Dice) => runBeside(cluster, dice)],
  "node-as-sidecar": [
    2,
    ({ cluster, chain }: Simulation, [a, b]: Dice) => runAsSidecar(cluster, chain, a, b),
  ],
} as const satisfies Record<
  string,
  readonly [weight: number, apply: (simulation: Simulation, dice: Dice) => void]
>;

/** A pod by hand on a node's machine, with storage of every kind, that never starts or has ended. */
function runBeside({ server }: Cluster, [which, how, what]: Dice): void {
  const neighbour = pick(server.all<Pod>(PATHS.pods), which);
  const name = `beside-${Math.floor(how * 1000)}`;
  if (neighbour === undefined || server.find(PATHS.pods, NAMESPACE, name) !== undefined) return;
  const own = pick(VOLUMES, how) ?? {};
  const volumes = how * 7 - Math.floor(how * 7) < 0.2 ? neighbour.spec.volumes : [own];
  const container = {
    name: "shell",
    image: what < 0.5 ? imageOf(999) : "registry.example/shell@sha256:1",
    ...(what < 0.1 ? {} : { volumeMounts: pick(MOUNTS, (what * 11) % 1) ?? [] }),
    ...((what * 13) % 1 < 0.5 ? { env: VARIABLES } : {}),
  };
  const sidecar = { ...container, name: "sidecar", restartPolicy: "Always" };
  const terminated = { exitCode: 0, reason: "Completed", startedAt: "", finishedAt: "" };
  const ended = { name: "shell", state: { terminated } };
  const isOver = (what * 5) % 1 < 0.4;
  server.create("operator", pathOf(PATHS.pods, NAMESPACE), {
    metadata: { name, labels: what < 0.3 ? MANY_LABELS : { app: "beside" } },
    spec: {
      nodeName: isOver ? neighbour.spec.nodeName : "",
      containers: [container],
      ...((what * 3) % 1 < 0.5 ? { initContainers: [sidecar, { ...container, name: "init" }] } : {}),
      ...(what > 0.95 ? {} : { volumes }),
    },
    status: isOver
      ? {
          phase: "Succeeded",
          containerStatuses: [ended],
          ...((what * 17) % 1 < 0.3
            ? { initContainerStatuses: [{ name: "sidecar", state: { running: {} } }] }
            : {}),
        }
      : { phase: "Pending" },
  });
}

/** A node that runs in a sidecar of a pod by hand (KEP-753). */
function runAsSidecar(
  { server, validators }: Cluster,
  chain: Simulation["chain"],
  how: number,
  at: number,
): void {
  const name = `native-${Math.floor(how * 1000)}`;
  if (server.find(PATHS.pods, NAMESPACE, name) !== undefined) return;
  const plan = pick(chain.plans, at);
  validators.ofPod(name, chain).height = Math.max(0, (plan?.height ?? 1) - 10);
  const node = { name: "seid", image: imageOf(-1), ports: [{ name: "rpc", containerPort: 26657 }] };
  server.create("operator", pathOf(PATHS.pods, NAMESPACE), {
    metadata: { name, labels: { app: "seid" } },
    spec: {
      nodeName: `node-${name}`,
      containers: [{ name: "shell", image: imageOf(999) }],
      initContainers: [{ ...node, restartPolicy: "Always" }],
    },
    status: { phase: "Pending" },
  });
}
