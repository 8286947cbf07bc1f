import { type Chain, imageOf } from "./cluster/chain.ts";
import { type Cluster, NAMESPACE } from "./cluster/cluster.ts";
import { type NodeHalt, PATHS, type Pod, pathOf } from "./objects.ts";
import { type Dice, pick, type Stage } from "./stage.ts";

const SETS = pathOf(PATHS.statefulSets, NAMESPACE);
const DEPLOYMENTS = pathOf(PATHS.deployments, NAMESPACE);

/** Things that clusters have and people do now and then: each leads the controller to an answer of its own. */
export const UNUSUAL_EVENTS = {
  "dry-run": [2, ({ cluster }: Stage, [a]: Dice) => cluster.changePolicy({ dryRun: a < 0.6 })],
  "choose-actions": [
    1,
    ({ cluster }: Stage, [a, b, c]: Dice) =>
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
    ({ cluster }: Stage, [a]: Dice) => cluster.changePolicy({ errorBudget: 1 + Math.floor(a * 5) }),
  ],
  "short-recovery": [
    1,
    ({ cluster }: Stage, [a]: Dice) =>
      cluster.changePolicy({ recoveryTimeoutSeconds: 1 + Math.floor(a * 300) }),
  ],
  "select-by-expression": [
    1,
    ({ cluster }: Stage, [a]: Dice) =>
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
    ({ cluster }: Stage, [a, b]: Dice) => {
      const pod = pick(cluster.pods(), a);
      if (pod !== undefined)
        cluster.kubelet.processOf(pod.metadata.uid)?.end(pick([73, 79, 80, 89, 130], b) ?? 73);
    },
  ],
  "declare-in-git": [
    1,
    ({ cluster }: Stage, [a]: Dice) => {
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
    ({ cluster }: Stage, [a, b]: Dice) => {
      const found = pick(cluster.deployments(), a);
      if (found === undefined) return;
      const { name } = found.metadata;
      cluster.server.remove("operator", `${DEPLOYMENTS}/${name}`);
      if (b < 0.7) cluster.createDeployment(name, { release: Math.floor(b * 4) - 1 });
    },
  ],
  "change-selector-label": [
    1,
    ({ cluster }: Stage, [a]: Dice) => relabel(cluster, pick(cluster.pods(), a), { set: "another" }),
  ],
  "foreign-owner": [1, ({ cluster, chain }: Stage, [a, b]: Dice) => forgeForeign(cluster, chain, a, b)],
  "same-data-elsewhere": [1, ({ cluster }: Stage, [a, b]: Dice) => mountAgain(cluster, a, b)],
  "forget-halt": [
    1,
    ({ cluster }: Stage, [a]: Dice) => {
      const halt = pick(cluster.server.all<NodeHalt>(PATHS.halts), a);
      if (halt !== undefined)
        cluster.server.remove("operator", pathOf(PATHS.halts, NAMESPACE, halt.metadata.name));
    },
  ],
} as const satisfies Record<string, readonly [weight: number, apply: (stage: Stage, dice: Dice) => void]>;

function relabel({ server }: Cluster, pod: Pod | undefined, labels: Readonly<Record<string, string>>): void {
  if (pod === undefined) return;
  const path = pathOf(PATHS.pods, NAMESPACE, pod.metadata.name);
  server.mergePatch("operator", path, { metadata: { labels } }, false);
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
