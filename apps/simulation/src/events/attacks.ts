import { ShutdownReason } from "@upgrade-halt/contract";
import { type Chain, imageOf } from "../cluster/chain.ts";
import { type Cluster, NAMESPACE } from "../cluster/cluster.ts";
import type { Simulation } from "../episode/simulation.ts";
import { NODE } from "../server/governing.ts";
import { list, upgradeOf } from "../server/listing.ts";
import {
  controllerOf,
  controllingRef,
  type OwnerRef,
  PATHS,
  type Pod,
  pathOf,
  pathOfObject,
  type ReplicaSet,
} from "../server/objects.ts";
import { type Dice, pick } from "./dice.ts";

/** What somebody does who wants the controller to do the wrong thing, and what leads it astray by accident. */
export const ATTACK_EVENTS = {
  "move-to-chain": [
    2,
    ({ cluster, chain }: Simulation, [a, b]: Dice) => {
      const pod = pick(cluster.pods(), a);
      if (pod === undefined) return;
      cluster.validators.ofPod(pod.metadata.name, chain).movedTo = b < 0.7 ? "another-1" : undefined;
      cluster.kubelet.restart(pod, 0);
    },
  ],
  "other-container": [
    2,
    ({ cluster }: Simulation, [a]: Dice) => cluster.changePolicy({ container: a < 0.6 ? "sidecar" : NODE }),
  ],
  "unname-chain": [1, ({ cluster }: Simulation) => cluster.changePolicy({ chainId: null })],
  "controllers-down": [
    3,
    ({ replicas }: Simulation, [a]: Dice) => {
      for (const replica of replicas) replica.crash(5_000 + Math.floor(a * 120_000));
    },
  ],
  "run-on-unread": [
    3,
    (simulation: Simulation, [a, b, c]: Dice) =>
      runOnUnread(simulation, pick(simulation.cluster.pods(), a), b, c),
  ],
  "start-one-of-set": [2, (simulation: Simulation, dice: Dice) => startOneOfSet(simulation, dice)],
  unreadable: [
    2,
    ({ cluster, chain }: Simulation, [a]: Dice) => {
      const pod = pick(cluster.pods(), a);
      if (pod !== undefined) cluster.validators.ofPod(pod.metadata.name, chain).isUnreadable = true;
    },
  ],
  "refuse-logs": [
    1,
    ({ cluster }: Simulation, [a]: Dice) => {
      cluster.server.refusesLogs = a < 0.5;
    },
  ],
  "lose-logs": [
    2,
    ({ cluster }: Simulation, [a]: Dice) => {
      cluster.server.losesLogs = a < 0.8;
    },
  ],
  "status-again": [
    2,
    ({ cluster }: Simulation) => {
      for (const validator of cluster.validators.all()) {
        validator.isUnreadable = false;
        validator.oddities = {};
      }
    },
  ],
  "same-key-elsewhere": [2, ({ cluster, chain }: Simulation, [a, b]: Dice) => runAgain(cluster, chain, a, b)],
  "fresh-pod-lies": [
    2,
    ({ cluster, chain }: Simulation, [a, b, c]: Dice) => {
      const pod = pick(cluster.pods(), a);
      if (pod === undefined) return;
      const { name } = pod.metadata;
      const validator = cluster.validators.ofPod(name, chain);
      const plan = pick(chain.plans, b);
      cluster.kubelet.processOf(pod.metadata.uid)?.end(0);
      if (c < 0.6) {
        validator.height = 0;
        validator.applied = [];
      }
      validator.isUnreadable = true;
      if (plan !== undefined) validator.noise = `UPGRADE "${plan.name}" NEEDED at height: ${plan.height}: \n`;
      cluster.server.remove("operator", pathOfObject(PATHS.pods, pod), pod.metadata.uid);
      cluster.later(3_000, () => {
        const successor = cluster.pods().find(({ metadata }) => metadata.name === name);
        if (successor !== undefined)
          cluster.kubelet.processOf(successor.metadata.uid)?.end(ShutdownReason.UpgradeRequired);
      });
    },
  ],
  "odd-status": [
    2,
    ({ cluster, chain }: Simulation, [a, b, c]: Dice) => {
      const pod = pick(cluster.pods(), a);
      const plan = pick(chain.plans, b);
      if (pod === undefined || plan === undefined) return;
      const intent = { reason: ShutdownReason.UpgradeRequired, plan_name: plan.name, height: plan.height };
      const validator = cluster.validators.ofPod(pod.metadata.name, chain);
      validator.hasLied = true;
      validator.oddities =
        pick<Readonly<Record<string, unknown>>>(
          [
            { latest_block_height: "-5" },
            { latest_block_height: "-5", halt_intent: { ...intent, height: -5 } },
            {
              latest_block_height: String(plan.height),
              halt_intent: { ...intent, reason: `${intent.reason} ` },
            },
            { network: "x".repeat(300), halt_intent: intent },
            { latest_block_height: "9007199254740993", halt_intent: intent },
            { halt_intent: { ...intent, height: -plan.height } },
          ],
          c,
        ) ?? {};
    },
  ],
  "claim-by-own-set": [
    1,
    ({ cluster, chain }: Simulation, [a, b]: Dice) => claimByOwnSet(cluster, chain, a, b),
  ],
  "lie-again": [
    1,
    (simulation: Simulation, [a]: Dice) => lieAgain(simulation, pick(simulation.cluster.pods(), a), 12),
  ],
  "take-name": [2, ({ cluster }: Simulation, [a, b]: Dice) => takeName(cluster, a, b)],
  "claim-empty-deployment": [
    1,
    ({ cluster, chain }: Simulation, [a, b]: Dice) => claimEmpty(cluster, chain, a, b),
  ],
  reselect: [
    3,
    ({ cluster }: Simulation) => {
      for (const pod of cluster.pods())
        if (pod.metadata.labels?.app === "other")
          cluster.server.mergePatch(
            "operator",
            pathOfObject(PATHS.pods, pod),
            { metadata: { labels: { app: "seid" } } },
            false,
          );
    },
  ],
} as const satisfies Record<
  string,
  readonly [weight: number, apply: (simulation: Simulation, dice: Dice) => void]
>;

/** A person has a halted node run on without its upgrade, where nobody can read its `/status`. */
function runOnUnread({ cluster, chain }: Simulation, pod: Pod | undefined, when: number, how: number): void {
  const halt = pod && cluster.kubelet.processOf(pod.metadata.uid)?.halt;
  if (pod === undefined || halt === undefined) return;
  const validator = cluster.validators.ofPod(pod.metadata.name, chain);
  validator.isUnreadable = true;
  if (halt.height !== undefined) validator.skipped.add(halt.height);
  else validator.replaced = 3;
  cluster.kubelet.restart(pod, 0);
  // A shorter run that ends so can't be told from one that failed to start.
  cluster.later(31_000 + when * 60_000, () => {
    const process = cluster.kubelet.processOf(pod.metadata.uid);
    if (process?.halt === undefined) process?.end(pick([1, 2, 137, 143, 0], how) ?? 2);
  });
}

/** How often, and after how long, a person looks whether a whole set has halted. */
const LOOKS = { count: 60, everyMs: 2_000 } as const;

/** Once all nodes of a set stand halted, a person has one of them run on unread, and lists the upgrade for the others. */
function startOneOfSet(simulation: Simulation, [which, when, how]: Dice): void {
  const { cluster, chain } = simulation;
  const set = pick(
    cluster.sets().filter(({ spec }) => spec.replicas > 1),
    which,
  );
  const look = (left: number) => {
    const pods = cluster.pods().filter((pod) => controllerOf(pod)?.uid === set?.metadata.uid);
    const halts = pods.map(({ metadata }) => cluster.kubelet.processOf(metadata.uid)?.halt);
    const [first] = halts;
    const plan = chain.plans.findIndex(({ height }) => height === first?.height);
    if (pods.length > 1 && plan >= 0 && halts.every((halt) => halt?.height === first?.height)) {
      runOnUnread(simulation, pick(pods, when), when, how);
      cluster.later(3_000 + how * 20_000, () => list(simulation, upgradeOf(chain, plan)));
    } else if (left > 0) cluster.later(LOOKS.everyMs, () => look(left - 1));
  };
  look(LOOKS.count);
}

/** Puts a pod of an attacker's own in the place of one that goes, under its name, with a claim to its owner that is not true. */
function takeName({ server }: Cluster, which: number, how: number): void {
  const pod = pick(
    server.all<Pod>(PATHS.pods).filter((one) => controllerOf(one)?.kind === "StatefulSet"),
    which,
  );
  const owner = pod && controllerOf(pod);
  if (pod === undefined || owner === undefined) return;
  const { name, uid, labels } = pod.metadata;
  const stop = server.watch(PATHS.pods, Number(server.version), ({ type, object }) => {
    if (type !== "DELETED" || object.metadata.uid !== uid) return;
    stop?.();
    if (server.find(PATHS.pods, NAMESPACE, name) !== undefined) return;
    server.create("attacker", pathOf(PATHS.pods, NAMESPACE), {
      metadata: { name, labels, ownerReferences: [falseClaim(owner, how)] },
      spec: pod.spec,
      status: { phase: "Pending" },
    });
  });
  server.remove("operator", pathOfObject(PATHS.pods, pod), uid);
}

/** A pod of an attacker's own that claims to be of a Deployment which an operator has scaled down. */
function claimEmpty({ server, validators }: Cluster, chain: Chain, which: number, how: number): void {
  const isOfDeployment = (set: ReplicaSet) =>
    server.find(PATHS.deployments, NAMESPACE, controllerOf(set)?.name ?? "") !== undefined;
  const set = pick(server.all<ReplicaSet>(PATHS.replicaSets).filter(isOfDeployment), which);
  const deployment = set && controllerOf(set);
  const name = `${set?.metadata.name}-${Math.floor(how * 1000)}`;
  if (set === undefined || deployment === undefined || server.find(PATHS.pods, NAMESPACE, name)) return;
  const path = pathOf(PATHS.deployments, NAMESPACE, deployment.name);
  server.mergePatch("operator", path, { spec: { replicas: 0 } }, false);
  const claim = falseClaim(controllingRef(set), how);
  const validator = validators.ofPod(name, chain);
  validator.height = Math.max(0, (chain.plans[0]?.height ?? 1) - 2);
  server.create("attacker", pathOf(PATHS.pods, NAMESPACE), {
    metadata: { name, labels: set.spec.template.metadata.labels, ownerReferences: [claim] },
    spec: { ...set.spec.template.spec, nodeName: `node-${name}` },
    status: { phase: "Pending" },
  });
}

/** A pod of an attacker's own, of a ReplicaSet of their own, that claims a Deployment which is no longer there so. */
function claimByOwnSet({ server, validators }: Cluster, chain: Chain, which: number, how: number): void {
  const deployment = pick(server.all(PATHS.deployments), which);
  const name = `mallory-${Math.floor(how * 1000)}`;
  if (deployment === undefined || server.find(PATHS.replicaSets, NAMESPACE, name)) return;
  const owner = { apiVersion: "apps/v1", kind: "Deployment", name: deployment.metadata.name };
  const labels = { app: "seid", mallory: name };
  const { metadata } = server.create("attacker", pathOf(PATHS.replicaSets, NAMESPACE), {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name, ownerReferences: [{ ...owner, uid: "uid-of-before", controller: true }] },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [] } },
    },
  });
  validators.ofPod(`${name}-x`, chain).height = Math.max(0, (chain.plans[0]?.height ?? 1) - 2);
  const set = { apiVersion: "apps/v1", kind: "ReplicaSet", name, uid: metadata.uid, controller: true };
  server.create("attacker", pathOf(PATHS.pods, NAMESPACE), {
    metadata: { name: `${name}-x`, labels, ownerReferences: [set] },
    spec: {
      nodeName: `node-${name}`,
      containers: [{ name: NODE, image: imageOf(-1), ports: [{ name: "rpc", containerPort: 26657 }] }],
    },
    status: { phase: "Pending" },
  });
}

/** A node that announces one halt after the other, each at another height: a journal for each. */
function lieAgain(simulation: Simulation, pod: Pod | undefined, left: number): void {
  if (pod === undefined || left === 0) return;
  const { cluster, chain } = simulation;
  const validator = cluster.validators.ofPod(pod.metadata.name, chain);
  validator.hasLied = true;
  validator.lie = { reason: ShutdownReason.UpgradeRequired, plan: "v1", height: 1_000 };
  cluster.later(4_000, () => {
    validator.lie = undefined;
    cluster.later(8_000, () => lieAgain(simulation, pod, left - 1));
  });
}

function falseClaim(owner: OwnerRef, how: number): OwnerRef {
  return how < 0.5 ? { ...owner, controller: false } : { ...owner, uid: "uid-of-before" };
}

/** A pod by hand that signs with the key of a validator which has a pod, on data of its own. */
function runAgain({ server, validators }: Cluster, chain: Chain, which: number, how: number): void {
  const pod = pick(server.all<Pod>(PATHS.pods), which);
  const name = `copy-${Math.floor(how * 1000)}`;
  if (pod === undefined || server.find(PATHS.pods, NAMESPACE, name) !== undefined) return;
  const validator = validators.ofPod(pod.metadata.name, chain);
  validators.share(name, validator.name);
  const newest = chain.plans.findLastIndex((plan) => validator.applied.includes(plan.name));
  server.create("operator", pathOf(PATHS.pods, NAMESPACE), {
    metadata: { name, labels: { app: how < 0.5 ? "seid" : "copy" } },
    spec: {
      nodeName: `node-${name}`,
      containers: [{ name: "seid", image: imageOf(newest), ports: [{ name: "rpc", containerPort: 26657 }] }],
    },
    status: { phase: "Pending" },
  });
}
