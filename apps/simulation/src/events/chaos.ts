import { reasonToken, ShutdownReason } from "@upgrade-halt/contract";
import { annotate } from "../branches/annotate.ts";
import { type Chain, headAt, imageOf, taggedImageOf, timeOf } from "../cluster/chain.ts";
import { type Cluster, NAMESPACE, POLICY } from "../cluster/cluster.ts";
import type { Simulation } from "../episode/simulation.ts";
import { NODE } from "../server/governing.ts";
import { haltNameOf } from "../server/halt-name.ts";
import { list, upgradeOf } from "../server/listing.ts";
import {
  IMAGE_HOLDERS,
  type NodeHalt,
  PATHS,
  pathOf,
  pathOfObject,
  type StatefulSet,
} from "../server/objects.ts";
import { Random } from "../time/random.ts";
import { ATTACK_EVENTS } from "./attacks.ts";
import { BESIDE_EVENTS } from "./beside.ts";
import { type Dice, pick } from "./dice.ts";
import { MIDDLE_EVENTS } from "./in-the-middle.ts";
import { isOdd, ODD_EVENTS } from "./odd.ts";
import { RARE_EVENTS } from "./rare.ts";
import { UNUSUAL_EVENTS } from "./unusual.ts";

/** Something that happens to the cluster at a time, with the numbers that decide how. */
export interface Event {
  readonly at: number;
  readonly kind: EventKind;
  readonly dice: Dice;
}

const HALT_CODES = Object.values(ShutdownReason).filter((code) => code !== ShutdownReason.Unknown);
const seconds = (die: number, most: number) => Math.floor(die * most * 1000);

/** The template with another image of its node, which is the first container. */
function withNodeImage<S extends Pick<StatefulSet["spec"], "template">>(spec: S, image: string): S {
  const containers = spec.template.spec.containers.map((container, index) =>
    index === 0 ? { ...container, image } : container,
  );
  return { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, containers } } };
}

/** Each kind of event, how often it comes beside the others, and what it does. */
const EVENTS = {
  pause: [3, ({ cluster }: Simulation) => cluster.changePolicy({ paused: true })],
  resume: [6, ({ cluster }: Simulation) => cluster.changePolicy({ paused: false })],
  abort: [
    2,
    (simulation: Simulation, [a]: Dice) =>
      annotate(simulation.cluster, pick(simulation.cluster.server.all<NodeHalt>(PATHS.halts), a), {
        "upgrade-halt.dev/abort": "true",
      }),
  ],
  acknowledge: [
    3,
    (simulation: Simulation, [a]: Dice) =>
      annotate(simulation.cluster, pick(simulation.cluster.server.all<NodeHalt>(PATHS.halts), a), {
        "upgrade-halt.dev/acknowledged": "true",
      }),
  ],
  list: [
    12,
    (simulation: Simulation, [a]: Dice) =>
      list(simulation, upgradeOf(simulation.chain, Math.floor(a * simulation.chain.plans.length))),
  ],
  "list-wrong-image": [
    2,
    (simulation: Simulation, [a, b]: Dice) =>
      list(simulation, {
        ...upgradeOf(simulation.chain, Math.floor(a * simulation.chain.plans.length)),
        image: imageOf(Math.floor(b * 5) - 1),
      }),
  ],
  "list-wrong-height": [
    2,
    (simulation: Simulation, [a, b]: Dice) => {
      const upgrade = upgradeOf(simulation.chain, Math.floor(a * simulation.chain.plans.length));
      list(simulation, { ...upgrade, height: (upgrade.height ?? 0) + Math.floor(b * 40) - 20 });
    },
  ],
  "list-without-height": [
    1,
    (simulation: Simulation, [a]: Dice) => {
      const { height: _, ...upgrade } = upgradeOf(
        simulation.chain,
        Math.floor(a * simulation.chain.plans.length),
      );
      list(simulation, upgrade);
    },
  ],
  unlist: [2, (simulation: Simulation) => simulation.cluster.changePolicy({ upgrades: [] })],
  "other-chain": [
    1,
    (simulation: Simulation, [a]: Dice) =>
      simulation.cluster.changePolicy({ chainId: a < 0.5 ? "another-1" : simulation.chain.id }),
  ],
  deselect: [
    2,
    (simulation: Simulation, [a]: Dice) => {
      const pod = pick(simulation.cluster.pods(), a);
      if (pod !== undefined)
        simulation.cluster.server.mergePatch(
          "operator",
          pathOfObject(PATHS.pods, pod),
          { metadata: { labels: { app: "other" } } },
          false,
        );
    },
  ],
  "select-others": [
    1,
    (simulation: Simulation, [a]: Dice) =>
      simulation.cluster.changePolicy({ selector: { matchLabels: { app: a < 0.6 ? "seid" : "none" } } }),
  ],
  "delete-policy": [
    1,
    ({ cluster }: Simulation) => {
      if (cluster.policy() !== undefined)
        cluster.server.remove("operator", pathOf(PATHS.policies, NAMESPACE, POLICY));
    },
  ],
  "create-policy": [
    3,
    (simulation: Simulation) =>
      simulation.cluster.createPolicy({
        upgrades: simulation.chain.plans.map((_, index) => upgradeOf(simulation.chain, index)),
      }),
  ],
  "second-policy": [
    1,
    (simulation: Simulation, [a]: Dice) =>
      simulation.cluster.createPolicy(
        { paused: a < 0.5, upgrades: [upgradeOf(simulation.chain, 0)] },
        "second",
      ),
  ],
  drain: [
    4,
    ({ cluster }: Simulation, [a]: Dice) => {
      const pod = pick(cluster.pods(), a);
      if (pod !== undefined)
        cluster.server.remove("operator", pathOfObject(PATHS.pods, pod), pod.metadata.uid);
    },
  ],
  scale: [
    3,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      const set = pick(cluster.sets(), a);
      if (set !== undefined)
        cluster.changeSet(set.metadata.name, (spec) => ({ ...spec, replicas: 1 + Math.floor(b * 3) }));
    },
  ],
  strategy: [
    3,
    ({ cluster }: Simulation, [a, b, c]: Dice) => {
      const set = pick(cluster.sets(), a);
      const updateStrategy =
        b < 0.4
          ? ({ type: "OnDelete" } as const)
          : { type: "RollingUpdate" as const, rollingUpdate: { partition: Math.floor(c * 3) } };
      if (set !== undefined) cluster.changeSet(set.metadata.name, (spec) => ({ ...spec, updateStrategy }));
    },
  ],
  deploy: [
    3,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      const set = pick(cluster.sets(), a);
      if (set === undefined) return;
      const release = Math.floor(b * 4) - 1;
      const image = (b * 40) % 1 < 0.3 ? taggedImageOf(release) : imageOf(release);
      cluster.changeSet(set.metadata.name, (spec) => {
        return withNodeImage(spec, image);
      });
    },
  ],
  "delete-set": [
    1,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      const set = pick(cluster.sets(), a);
      if (set === undefined) return;
      const { name } = set.metadata;
      cluster.server.remove("operator", pathOf(PATHS.statefulSets, NAMESPACE, name));
      cluster.createSet(name, { ...set.spec, release: Math.floor(b * 3) - 1 });
    },
  ],
  "skip-upgrade": [
    2,
    ({ cluster, chain }: Simulation, [a, b]: Dice) => {
      const pod = pick(cluster.pods(), a);
      const plan = pick(chain.plans, b);
      if (pod === undefined || plan === undefined) return;
      cluster.validators.ofPod(pod.metadata.name, chain).skipped.add(plan.height);
      cluster.kubelet.restart(pod, 0);
    },
  ],
  "replace-binary": [
    2,
    ({ cluster, chain }: Simulation, [a, b]: Dice) => {
      const pod = pick(cluster.pods(), a);
      if (pod === undefined) return;
      cluster.validators.ofPod(pod.metadata.name, chain).replaced = Math.floor(b * 4) - 1;
      cluster.kubelet.restart(pod, 0);
    },
  ],
  "restore-snapshot": [
    2,
    ({ cluster, chain }: Simulation, [a, b]: Dice) => {
      const pod = pick(cluster.pods(), a);
      if (pod === undefined) return;
      const process = cluster.kubelet.processOf(pod.metadata.uid);
      process?.end(0);
      const validator = cluster.validators.ofPod(pod.metadata.name, chain);
      validator.height = Math.floor(validator.height * b);
      validator.applied = chain.plans
        .filter(({ name, height }) => validator.applied.includes(name) && height <= validator.height)
        .map(({ name }) => name);
      cluster.kubelet.restart(pod, 0);
    },
  ],
  crash: [
    5,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      const pod = pick(cluster.pods(), a);
      if (pod !== undefined)
        cluster.kubelet.processOf(pod.metadata.uid)?.end(pick([1, 2, 137, 139, 0], b) ?? 2);
    },
  ],
  "stay-alive": [
    3,
    ({ cluster, chain }: Simulation, [a, b]: Dice) => {
      const pod = pick(cluster.pods(), a);
      if (pod !== undefined) cluster.validators.ofPod(pod.metadata.name, chain).staysAlive = b < 0.7;
    },
  ],
  "lose-kubelet": [
    2,
    ({ cluster }: Simulation, [a]: Dice) => {
      const pod = pick(cluster.pods(), a);
      if (pod !== undefined) cluster.kubelet.setReachable(pod.spec.nodeName, false);
    },
  ],
  "machine-fails": [
    2,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      const pod = pick(cluster.pods(), a);
      if (pod !== undefined) loseMachine(cluster, pod.spec.nodeName, 1_000 + seconds(b, 60));
    },
  ],
  "heal-kubelets": [3, ({ cluster }: Simulation) => cluster.kubelet.healAll()],
  mirror: [
    3,
    ({ cluster }: Simulation, [a]: Dice) => {
      cluster.mirrors = a < 0.5;
    },
  ],
  "pager-down": [
    2,
    ({ pager }: Simulation) => {
      pager.isDown = true;
    },
  ],
  "pager-up": [
    3,
    ({ pager }: Simulation) => {
      pager.isDown = false;
    },
  ],
  "kill-replica": [
    8,
    ({ replicas }: Simulation, [a, b]: Dice) => pick(replicas, a)?.crash(100 + seconds(b, 20)),
  ],
  "cut-replica": [
    4,
    ({ network, replicas }: Simulation, [a, b]: Dice) =>
      network.cut(pick(replicas, a)?.name ?? "", seconds(b, 60)),
  ],
  skew: [
    3,
    ({ replicas }: Simulation, [a, b]: Dice) => pick(replicas, a)?.skew(Math.floor((b - 0.5) * 1_800_000)),
  ],
  "bad-network": [
    4,
    ({ network }: Simulation, [a]: Dice) => {
      network.faultRate = a * 0.2;
    },
  ],
  "deploy-deployment": [
    2,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      const deployment = pick(cluster.deployments(), a);
      if (deployment === undefined) return;
      const image = imageOf(Math.floor(b * 4) - 1);
      cluster.changeDeployment(deployment.metadata.name, (spec) => {
        return withNodeImage(spec, image);
      });
    },
  ],
  "deployment-strategy": [
    2,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      const type = b < 0.6 ? "Recreate" : "RollingUpdate";
      const deployment = pick(cluster.deployments(), a);
      if (deployment !== undefined)
        cluster.changeDeployment(deployment.metadata.name, (spec) => ({ ...spec, strategy: { type } }));
    },
  ],
  "scale-deployment": [
    1,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      const deployment = pick(cluster.deployments(), a);
      const replicas = Math.floor(b * 3);
      if (deployment !== undefined)
        cluster.changeDeployment(deployment.metadata.name, (spec) => ({ ...spec, replicas }));
    },
  ],
  "deploy-sei-node": [
    2,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      const node = pick(cluster.seiNodes(), a);
      if (node === undefined) return;
      const path = pathOf(PATHS.seiNodes, NAMESPACE, node.metadata.name);
      const image = imageOf(Math.floor(b * 4) - 1);
      cluster.server.mergePatch("operator", path, { spec: { image } }, false);
    },
  ],
  "adopt-sei-node": [
    1,
    ({ cluster }: Simulation, [a]: Dice) => {
      const node = pick(cluster.seiNodes(), a);
      if (node !== undefined) cluster.seiNodeController.adopt(node);
    },
  ],
  "exit-as-halt": [
    2,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      const pod = pick(cluster.pods(), a);
      if (pod !== undefined)
        cluster.kubelet
          .processOf(pod.metadata.uid)
          ?.end(pick(HALT_CODES, b) ?? ShutdownReason.UpgradeRequired);
    },
  ],
  "quote-line": [
    3,
    ({ cluster, chain }: Simulation, [a, b, c]: Dice) => {
      const pod = pick(cluster.pods(), a);
      const plan = chain.plans.find(({ height }) => height > headAt(cluster.now)) ?? pick(chain.plans, b);
      if (pod === undefined || plan === undefined) return;
      const quoted = `UPGRADE "${plan.name}" NEEDED at height: ${plan.height}: `;
      const noise =
        c < 0.5
          ? `UPGRADE "${plan.name}" SCHEDULED at height: ${plan.height}: ${quoted}\n`
          : `INF indexed tx memo="${quoted}"\n`;
      cluster.validators.ofPod(pod.metadata.name, chain).noise = noise;
      if (a * 10 - Math.floor(a * 10) < 0.6)
        cluster.kubelet.processOf(pod.metadata.uid)?.end(ShutdownReason.UpgradeRequired);
    },
  ],
  "lie-on-status": [
    2,
    ({ cluster, chain }: Simulation, [a, b, c]: Dice) => {
      const pod = pick(cluster.pods(), a);
      const plan = pick(chain.plans, b);
      if (pod === undefined || plan === undefined) return;
      const height = c < 0.4 ? undefined : c < 0.8 ? plan.height : plan.height + 1_000;
      const validator = cluster.validators.ofPod(pod.metadata.name, chain);
      validator.hasLied = true;
      validator.lie = {
        reason: ShutdownReason.UpgradeRequired,
        plan: plan.name,
        height,
      };
    },
  ],
  "tell-the-truth": [
    4,
    ({ cluster }: Simulation) => {
      for (const validator of cluster.validators.all()) validator.lie = undefined;
    },
  ],
  ...UNUSUAL_EVENTS,
  ...ATTACK_EVENTS,
  ...BESIDE_EVENTS,
  ...MIDDLE_EVENTS,
  ...RARE_EVENTS,
  ...ODD_EVENTS,
  "forge-owner": [2, ({ cluster, chain }: Simulation, [a, b]: Dice) => forgePod(cluster, chain, a, b)],
  "forge-halt": [3, ({ cluster, chain }: Simulation, dice: Dice) => forgeHalt(cluster, chain, dice)],
} as const satisfies Record<
  string,
  readonly [weight: number, apply: (simulation: Simulation, dice: Dice) => void]
>;

export type EventKind = keyof typeof EVENTS;
export const EVENT_KINDS = Object.keys(EVENTS) as readonly EventKind[];

/** How long before and after an upgrade's height most comes of what happens. */
const [BEFORE_MS, AFTER_MS] = [5_000, 20_000];

/** What the weights of all kinds came to when this was written: a new kind brings more events, and leaves the others alone. */
const ALL_WEIGHTS = 190;

/**
 * About so many events, in order. Each seed leaves out half of the kinds or nearly all: what some kinds undo or hide is seen where they
 * are missing, and what only a few of them lead to where there are no others (swarm testing, after Groce and others). Half of the events fall around the chain's upgrades.
 * Each kind has numbers of its own, so a seed that leaves a new kind out plans the same as before.
 */
export function planEvents(seed: number, most: number, untilMs: number, chain: Chain): readonly Event[] {
  const random = Random.of(seed, "events");
  const share = random.pick([0.06, 0.12, 0.25, 0.5, 0.5]);
  const perWeight = random.between(most / 4, most) / (share * ALL_WEIGHTS);
  const isRare = isRareCluster(seed);
  const isOddCluster = !isRare && isOdd(seed);
  const isLeftOut = (kind: EventKind) =>
    (kind in RARE_EVENTS && !isRare) || (kind in ODD_EVENTS && !isOddCluster);
  return EVENT_KINDS.flatMap((kind) => {
    const own = Random.of(seed, kind);
    if (!own.chance(share) || isLeftOut(kind)) return [];
    const anytime = () => own.between(1_000, untilMs);
    const aroundPlan = () => timeOf(own.pick(chain.plans)) + own.between(-BEFORE_MS, AFTER_MS);
    return Array.from({ length: howMany(own, EVENTS[kind][0] * perWeight) }, (): Event => {
      const at = Math.min(untilMs, Math.max(1_000, own.chance(0.5) ? anytime() : aroundPlan()));
      return { at, kind, dice: [own.next(), own.next(), own.next()] };
    });
  }).sort((one, other) => one.at - other.at);
}

/** Whether what is rare comes in a seed's cluster. */
export function isRareCluster(seed: number): boolean {
  return Random.of(seed, "hardly ever").chance(0.25);
}

/** A number of events that come independently of each other, with this mean (Poisson, by Knuth's method). */
function howMany(random: Random, mean: number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.next(); product > limit; product *= random.next()) count += 1;
  return count;
}

export function applyEvent({ kind, dice }: Event, simulation: Simulation): void {
  EVENTS[kind][1](simulation, dice);
}

/** What was to happen at this point of a controller's work happens. Returns whether its process ends there. */
export function applyArmed(point: string, simulation: Simulation): boolean {
  const due = simulation.armed.filter((one) => one.point === point);
  for (const one of due) {
    simulation.armed.splice(simulation.armed.indexOf(one), 1);
    const happen = () => EVENTS[one.kind][1](simulation, one.dice);
    if (one.lateMs === undefined) happen();
    else {
      simulation.network.delay(IMAGE_HOLDERS, one.lateMs);
      simulation.cluster.later(one.lateMs / 2, happen);
    }
  }
  return due.some(({ kills }) => kills);
}

/** A machine whose kubelet is lost: its pods are asked to end after a while, and nobody sees whether they do. */
function loseMachine(cluster: Cluster, nodeName: string, ms: number): void {
  cluster.kubelet.setReachable(nodeName, false);
  cluster.later(ms, () => {
    if (cluster.kubelet.isReachable(nodeName)) return;
    for (const pod of cluster.pods())
      if (pod.spec.nodeName === nodeName)
        cluster.server.remove("node-controller", pathOfObject(PATHS.pods, pod), pod.metadata.uid);
  });
}

/** A pod of an attacker's own that claims to belong to somebody's set, and halts. */
function forgePod(cluster: Cluster, chain: Chain, which: number, how: number): void {
  const { server, validators } = cluster;
  const set = pick(cluster.sets(), which);
  if (set === undefined) return;
  const name = how < 0.3 ? `${set.metadata.name}-7` : `mallory-${Math.floor(how * 1000)}`;
  if (server.find(PATHS.pods, NAMESPACE, name) !== undefined) return;
  const claim = {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    name: set.metadata.name,
    uid: set.metadata.uid,
  };
  const validator = validators.ofPod(name, chain);
  const due = chain.plans.findIndex((plan) => !validator.applied.includes(plan.name));
  validator.height = Math.max(0, (chain.plans[due]?.height ?? 1) - 2);
  validator.applied = chain.plans.slice(0, Math.max(0, due)).map((plan) => plan.name);
  server.create("attacker", pathOf(PATHS.pods, NAMESPACE), {
    metadata: {
      name,
      labels: { app: "seid", ...(how < 0.6 ? set.spec.selector.matchLabels : {}) },
      ownerReferences: [
        how < 0.8 ? { ...claim, ...(how < 0.5 && { controller: false }) } : { ...claim, controller: true },
      ],
    },
    spec: {
      nodeName: `node-${name}`,
      containers: [{ name: "seid", image: imageOf(due - 1), ports: [{ name: "rpc", containerPort: 26657 }] }],
    },
    status: { phase: "Pending" },
  });
}

/**
 * A NodeHalt about a healthy node, written by somebody who may create them and nothing else: under a name of their own, or the very
 * name that the controller would give.
 */
function forgeHalt(cluster: Cluster, chain: Chain, [which, how, what]: Dice): void {
  const { server } = cluster;
  const pods = cluster.pods().filter(({ metadata }) => metadata.ownerReferences?.[0]?.controller);
  const pod = pick(pods, which);
  const next = chain.plans.find(({ height }) => height > headAt(cluster.now));
  const plan = what < 0.5 && next !== undefined ? next : pick(chain.plans, how);
  const owner = pod?.metadata.ownerReferences?.[0];
  const reason = how < 0.7 ? ShutdownReason.UpgradeRequired : ShutdownReason.BinaryTooNew;
  if (pod === undefined || plan === undefined || owner === undefined) return;
  const token = reasonToken(reason);
  const { name: podName, uid: podUID } = pod.metadata;
  const realName = haltNameOf(podName, token, [podUID, NODE, token]);
  const name = Math.floor(how * 1e6) % 2 === 0 ? realName : `forged-${Math.floor(how * 1e6)}`;
  if (server.find(PATHS.halts, NAMESPACE, name) !== undefined) return;
  server.create("attacker", pathOf(PATHS.halts, NAMESPACE), {
    apiVersion: "upgrade-halt.dev/v1alpha1",
    kind: "NodeHalt",
    metadata: { name },
    spec: {
      podName: pod.metadata.name,
      podUID: pod.metadata.uid,
      container: "seid",
      policyName: POLICY,
      workload: {
        apiVersion: "apps/v1",
        kind: "StatefulSet",
        resource: "statefulsets",
        name: owner.name,
        ...(what % 0.5 < 0.4 ? { uid: owner.uid } : {}),
      },
      reason: reasonToken(reason),
      exitCode: reason,
      // What is false beside the halt itself: nothing, its image, or which plan it is about.
      image: what % 0.25 < 0.1 ? imageOf(7) : pod.spec.containers[0]?.image,
      ...(what % 0.25 < 0.2 ? { planName: plan.name, height: plan.height } : {}),
      sources: ["exit-code", "plan-line", "listed-plan", "last-height"],
      verdict: "forged",
      detectedAt: "2026-01-01T00:00:00.000Z",
    },
  });
}
