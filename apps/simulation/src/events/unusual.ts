import { type Chain, imageOf } from "../cluster/chain.ts";
import { type Cluster, NAMESPACE } from "../cluster/cluster.ts";
import { PAGER_URL } from "../episode/pager.ts";
import type { Simulation } from "../episode/simulation.ts";
import { type NodeHalt, PATHS, type Pod, pathOf, pathOfObject } from "../server/objects.ts";
import { type Dice, pick } from "./dice.ts";

const SETS = pathOf(PATHS.statefulSets, NAMESPACE);
const DEPLOYMENTS = pathOf(PATHS.deployments, NAMESPACE);

/** Things that clusters have and people do now and then: each leads the controller to an answer of its own. */
export const UNUSUAL_EVENTS = {
  "dry-run": [2, ({ cluster }: Simulation, [a]: Dice) => cluster.changePolicy({ dryRun: a < 0.6 })],
  "choose-actions": [
    1,
    ({ cluster }: Simulation, [a, b, c]: Dice) =>
      cluster.changePolicy({
        actions: {
          upgradeRequired: pick(["SwapImage", "SwapImage", "Page", "Hold"], a),
          binaryTooNew: pick(["RollBack", "RollBack", "Page", "Hold"], b),
          downgradeDetected: pick(["Page", "Hold"], c),
          unrecognised: pick(["Page", "Hold"], c),
        },
      }),
  ],
  "spend-budget": [
    1,
    ({ cluster }: Simulation, [a]: Dice) => cluster.changePolicy({ errorBudget: 1 + Math.floor(a * 5) }),
  ],
  "short-recovery": [
    1,
    ({ cluster }: Simulation, [a]: Dice) =>
      cluster.changePolicy({ recoveryTimeoutSeconds: 1 + Math.floor(a * 300) }),
  ],
  "select-by-expression": [
    1,
    ({ cluster }: Simulation, [a]: Dice) =>
      cluster.changePolicy({
        selector: {
          matchLabels: { app: "seid" },
          matchExpressions: [
            pick(
              [
                { key: "app", operator: "In", values: ["seid", "other"] },
                { key: "app", operator: "Exists" },
                { key: "tier", operator: "DoesNotExist" },
                { key: "app", operator: "NotIn", values: ["other"] },
              ],
              a,
            ),
          ],
        },
      }),
  ],
  "unknown-code": [
    2,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      const pod = pick(cluster.pods(), a);
      if (pod !== undefined)
        cluster.kubelet.processOf(pod.metadata.uid)?.end(pick([73, 79, 80, 89, 130], b) ?? 73);
    },
  ],
  "declare-in-git": [
    1,
    ({ cluster }: Simulation, [a]: Dice) => {
      const set = pick(cluster.sets(), a);
      const annotations = { "argocd.argoproj.io/tracking-id": "validators" };
      if (set !== undefined)
        cluster.server.mergePatch(
          "operator",
          `${SETS}/${set.metadata.name}`,
          { metadata: { annotations } },
          false,
        );
    },
  ],
  "replace-deployment": [
    1,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      const found = pick(cluster.deployments(), a);
      if (found === undefined) return;
      const { name } = found.metadata;
      cluster.server.remove("operator", `${DEPLOYMENTS}/${name}`);
      if (b < 0.7) cluster.createDeployment(name, { release: Math.floor(b * 4) - 1 });
    },
  ],
  "end-in-foreground": [
    1,
    ({ cluster }: Simulation, [a, b, c]: Dice) => {
      const { server } = cluster;
      const workloads = [PATHS.statefulSets, PATHS.deployments, PATHS.seiNodes].flatMap((collection) =>
        server.all(collection).map((object) => pathOfObject(collection, object)),
      );
      const path = pick(workloads, a);
      if (path === undefined) return;
      server.beginRemoval("operator", path);
      if (b < 0.7) cluster.later(1_000 + c * 120_000, () => server.endRemoval("operator", path));
    },
  ],
  "end-replica-set": [
    1,
    ({ cluster: { server } }: Simulation, [a]: Dice) => {
      const set = pick(server.all(PATHS.replicaSets), a);
      if (set !== undefined) server.remove("operator", pathOfObject(PATHS.replicaSets, set));
    },
  ],
  "end-sei-node": [
    1,
    ({ cluster: { server } }: Simulation, [a, b]: Dice) => {
      const node = pick(server.all(PATHS.seiNodes), a);
      if (node === undefined) return;
      const path = pathOfObject(PATHS.seiNodes, node);
      if (b < 0.5) server.remove("operator", path);
      else
        server.mergePatch("operator", path, { spec: { image: b < 0.75 ? null : { tag: "latest" } } }, false);
    },
  ],
  "name-pager": [
    2,
    ({ cluster }: Simulation) => cluster.changePolicy({ paging: [{ webhook: { url: PAGER_URL } }] }),
  ],
  "page-elsewhere": [
    1,
    ({ cluster }: Simulation, [a]: Dice) => {
      const host = a < 0.5 ? "pager.test" : "pager.example.test";
      cluster.changePolicy({ paging: [{ webhook: { url: `https://${host}/hook` } }] });
    },
  ],
  "old-definitions": [
    1,
    ({ cluster: { server } }: Simulation, [a]: Dice) => {
      server.definitions = pick(["of-now", "of-now", "short-spec", "short-status"] as const, a) ?? "of-now";
    },
  ],
  "break-policy": [
    1,
    ({ cluster }: Simulation, [a]: Dice) =>
      cluster.changePolicy({ recoveryTimeoutSeconds: a < 0.5 ? "soon" : 300 }),
  ],
  "select-everything": [
    1,
    ({ cluster }: Simulation, [a]: Dice) =>
      cluster.changePolicy({
        selector: { matchLabels: a < 0.5 ? null : { app: "seid" }, matchExpressions: null },
      }),
  ],
  "pin-release": [
    2,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      cluster.pinned = a < 0.6 ? imageOf(Math.floor(b * 3) - 1) : undefined;
    },
  ],
  "rename-container": [
    1,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      const set = pick(cluster.sets(), a);
      if (set === undefined) return;
      renameNode(cluster, set.metadata.name, "node");
      cluster.later(10_000 + b * 120_000, () => renameNode(cluster, set.metadata.name, "seid"));
    },
  ],
  chatter: [
    3,
    ({ cluster, chain }: Simulation, [a, b]: Dice) => {
      for (const pod of cluster.pods()) {
        const validator = cluster.validators.ofPod(pod.metadata.name, chain);
        validator.chatter = pick(CHATTER, a);
        validator.staysAlive = true;
      }
      cluster.server.stampsNoLogs = b < 0.1;
    },
  ],
  "end-slowly": [
    3,
    ({ cluster, chain }: Simulation, [a, b, c]: Dice) => {
      const isHalted = ({ metadata }: Pod) => cluster.kubelet.processOf(metadata.uid)?.halt !== undefined;
      const halted = cluster.pods().filter(isHalted);
      const pod = pick(halted.length > 0 && c < 0.8 ? halted : cluster.pods(), a);
      if (pod === undefined) return;
      const { name, uid } = pod.metadata;
      const validator = cluster.validators.ofPod(name, chain);
      validator.staysAlive = true;
      validator.endsAfterMs = 20_000 + b * 160_000;
      cluster.server.remove("operator", pathOfObject(PATHS.pods, pod), uid);
    },
  ],
  "touch-record": [
    1,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      const { server, kubelet } = cluster;
      for (const record of server.all(PATHS.records))
        server.mergePatch(
          "operator",
          pathOfObject(PATHS.records, record),
          { metadata: { annotations: { note: `seen at ${b}` } } },
          false,
        );
      const pod = pick(cluster.pods(), a);
      if (pod !== undefined) kubelet.removeMachine(pod.spec.nodeName);
    },
  ],
  "look-alike": [2, ({ cluster, chain }: Simulation, [a, b]: Dice) => runLookAlike(cluster, chain, a, b)],
  "change-selector-label": [
    1,
    ({ cluster }: Simulation, [a]: Dice) => relabel(cluster, pick(cluster.pods(), a), { set: "another" }),
  ],
  "foreign-owner": [1, ({ cluster, chain }: Simulation, [a, b]: Dice) => forgeForeign(cluster, chain, a, b)],
  "same-data-elsewhere": [1, ({ cluster }: Simulation, [a, b]: Dice) => mountAgain(cluster, a, b)],
  "forget-halt": [
    1,
    ({ cluster }: Simulation, [a]: Dice) => {
      const halt = pick(cluster.server.all<NodeHalt>(PATHS.halts), a);
      if (halt !== undefined)
        cluster.server.remove("operator", pathOf(PATHS.halts, NAMESPACE, halt.metadata.name));
    },
  ],
} as const satisfies Record<
  string,
  readonly [weight: number, apply: (simulation: Simulation, dice: Dice) => void]
>;

/** A pod that no policy selects, and that serves something on the nodes' port or runs their program. */
function runLookAlike({ server, validators }: Cluster, chain: Chain, which: number, how: number): void {
  const name = `alike-${Math.floor(which * 1000)}`;
  if (server.find(PATHS.pods, NAMESPACE, name) !== undefined) return;
  const image = how < 0.5 ? "registry.example/proxy@sha256:1" : imageOf(-1);
  const neighbour = pick(server.all<Pod>(PATHS.pods), (how * 3) % 1);
  const nodeName = how < 0.6 ? neighbour?.spec.nodeName : undefined;
  const validator = validators.ofPod(name, chain);
  validator.serves = pick(["status", "no-address", "error", "web-page"] as const, (how * 4) % 1) ?? "status";
  server.create("operator", pathOf(PATHS.pods, NAMESPACE), {
    metadata: {
      name,
      labels: { app: "alike" },
      annotations: { note: "x".repeat(which < 0.3 ? 20_000 : 10) },
    },
    spec: {
      nodeName: nodeName ?? `node-${name}`,
      containers: [
        { name: "seid", image, ports: which < 0.9 ? [{ name: "rpc", containerPort: 26657 }] : [] },
        ...(which < 0.5
          ? [{ name: "backup", image, volumeMounts: [{ name: "data" }, { name: "scratch" }] }]
          : []),
      ],
      ...(which < 0.4 ? { initContainers: [{ name: "init", image, volumeMounts: [{ name: "data" }] }] } : {}),
      volumes: [
        {
          name: "data",
          hostPath: { path: pick(["/", "/var/keys/old", "/var", "/srv"], (which * 7) % 1) ?? "/" },
        },
        { name: "scratch", emptyDir: {} },
      ],
    },
    status: {
      phase: "Pending",
      ...(which < 0.2 ? { initContainerStatuses: [{ name: "init", state: { running: {} } }] } : {}),
    },
  });
}

/** What nodes write after they came to stand: little, more than is read at once, more than is read at all, and that in one second. */
const CHATTER = [
  { lines: 40, everyMs: 500 },
  { lines: 400, everyMs: 500 },
  { lines: 4_000, everyMs: 40 },
  { lines: 400, everyMs: 1 },
] as const;

function renameNode(cluster: Cluster, setName: string, name: string): void {
  cluster.changeSet(setName, (spec) => {
    const containers = spec.template.spec.containers.map((container, index) =>
      index === 0 ? { ...container, name } : container,
    );
    return { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, containers } } };
  });
}

function relabel({ server }: Cluster, pod: Pod | undefined, labels: Readonly<Record<string, string>>): void {
  if (pod === undefined) return;
  server.mergePatch("operator", pathOfObject(PATHS.pods, pod), { metadata: { labels } }, false);
}

/** A pod that halts, and whose controller is of a kind that makes no validators, is gone, or has another UID. */
function forgeForeign({ server, validators }: Cluster, chain: Chain, how: number, which: number): void {
  const name = `stranger-${Math.floor(which * 1000)}`;
  const [plan] = chain.plans;
  if (plan === undefined || server.find(PATHS.pods, NAMESPACE, name) !== undefined) return;
  validators.ofPod(name, chain).height = Math.max(0, plan.height - 2);
  const owner = pick(
    [
      { apiVersion: "batch/v1", kind: "Job", name: "job", uid: "uid-job" },
      { apiVersion: "apps/v1", kind: "StatefulSet", name: "gone", uid: "uid-gone" },
      { apiVersion: "apps/v1", kind: "StatefulSet", name: "sei-a", uid: "uid-of-before" },
      { apiVersion: "apps/v1", kind: "ReplicaSet", name: "gone", uid: "uid-gone" },
    ],
    how,
  );
  server.create("attacker", pathOf(PATHS.pods, NAMESPACE), {
    metadata: { name, labels: { app: "seid" }, ownerReferences: [{ ...owner, controller: true }] },
    spec: {
      nodeName: "node-1",
      containers: [{ name: "seid", image: imageOf(-1), ports: [{ name: "rpc", containerPort: 26657 }] }],
    },
    status: { phase: "Pending" },
  });
}

/** A pod by hand that has the data of a validator which has a pod: it never runs, and nobody can know that it won't. */
function mountAgain({ server }: Cluster, which: number, how: number): void {
  const pod = pick(server.all<Pod>(PATHS.pods), which);
  const name = `debug-${Math.floor(how * 1000)}`;
  const claims = pod?.spec.volumes ?? [];
  const folder = {
    name: "keys",
    hostPath: { path: "/var//keys/", ...(how < 0.8 ? {} : { type: "Socket" }) },
  };
  const volumes = how < 0.5 ? claims : [folder, { name: "scratch", ephemeral: {} }];
  if (pod === undefined || server.find(PATHS.pods, NAMESPACE, name) !== undefined) return;
  server.create("operator", pathOf(PATHS.pods, NAMESPACE), {
    metadata: { name, labels: { app: "debug" } },
    spec: {
      ...(how < 0.9 ? { nodeName: pod.spec.nodeName } : {}),
      containers: [
        {
          name: "shell",
          image: imageOf(999),
          volumeMounts: volumes.map(({ name }) => ({ name, readOnly: how < 0.2 })),
        },
      ],
      volumes,
    },
    status: { phase: "Pending" },
  });
}
