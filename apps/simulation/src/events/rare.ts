import { reasonToken, ShutdownReason } from "@upgrade-halt/contract";
import { headAt, imageOf } from "../cluster/chain.ts";
import { type Cluster, NAMESPACE, POLICY } from "../cluster/cluster.ts";
import type { Simulation } from "../episode/simulation.ts";
import { NODE } from "../server/governing.ts";
import { haltNameOf } from "../server/halt-name.ts";
import { upgradeOf } from "../server/listing.ts";
import { controllingRef, type NodeHalt, PATHS, type Pod, pathOf, pathOfObject } from "../server/objects.ts";
import { POINTS, RARE_KINDS } from "./armed.ts";
import { type Dice, pick } from "./dice.ts";
import { AIMED_EVENTS } from "./in-the-middle.ts";

/** What comes in one cluster of four alone: what is known of the seeds of the others stays known as kinds are added here. */
export const RARE_EVENTS = {
  ...AIMED_EVENTS,
  interrupt: [
    6,
    ({ armed }: Simulation, [a, b, c]: Dice) => {
      const [point, kind] = [pick(POINTS, a), pick(RARE_KINDS, b)];
      if (point === undefined || kind === undefined) return;
      armed.push({ point, kind, dice: [(c * 7) % 1, (c * 13) % 1, (c * 29) % 1], kills: c < 0.2 });
    },
  ],
  "debug-container": [
    2,
    ({ cluster }: Simulation, dice: Dice) => addDebugger(cluster, pick(cluster.pods(), dice[0]), dice),
  ],
  "answer-beside": [
    2,
    ({ cluster, chain }: Simulation, [a, b]: Dice) => {
      const pod = pick(cluster.pods(), a);
      if (pod === undefined) return;
      const validator = cluster.validators.ofPod(pod.metadata.name, chain);
      validator.servesBeside = pick(["status", "status", "nobody", "web-page"] as const, b) ?? "status";
    },
  ],
  "share-address": [2, ({ cluster, chain }: Simulation, dice: Dice) => shareAddress(cluster, chain, dice)],
  "another-answers": [
    1,
    ({ cluster, chain }: Simulation, [a, b]: Dice) => {
      const pod = pick(cluster.pods(), a);
      if (pod === undefined) return;
      const validator = cluster.validators.ofPod(pod.metadata.name, chain);
      validator.alias = "B".repeat(40);
      cluster.later(5_000 + b * 60_000, () => {
        validator.alias = undefined;
        // Nothing that these runs tell is believed any more.
        for (const process of cluster.validators.processes)
          if (process.validator === validator) process.end(1);
      });
    },
  ],
  "break-another-policy": [
    1,
    ({ cluster, chain }: Simulation, [a, b]: Dice) => {
      cluster.createPolicy({ upgrades: [upgradeOf(chain, 0)] }, "second");
      cluster.changePolicy(
        {
          recoveryTimeoutSeconds: "soon",
          ...(b < 0.3 ? { selector: { matchLabels: { app: 7 } } } : {}),
          ...(b > 0.7 ? { selector: { matchLabels: { app: "others" } } } : {}),
        },
        "second",
      );
      if (a < 0.6)
        cluster.later(10_000 + a * 200_000, () =>
          cluster.changePolicy(
            { recoveryTimeoutSeconds: 300, selector: { matchLabels: { app: "seid" } } },
            "second",
          ),
        );
    },
  ],
  "rename-policy": [2, ({ cluster }: Simulation, dice: Dice) => renamePolicy(cluster, dice)],
  "newer-controller": [2, ({ cluster }: Simulation, dice: Dice) => writeNewPhase(cluster, dice)],
  "take-all-names": [
    2,
    ({ cluster, chain }: Simulation, [a, b]: Dice) => takeNames(cluster, chain, pick(cluster.pods(), a), b),
  ],
  "change-network": [
    2,
    ({ cluster }: Simulation, [a, b, c]: Dice) => {
      const { server } = cluster;
      const network = pick(cluster.seiNetworks(), 0);
      if (network === undefined) return;
      const path = pathOfObject(PATHS.seiNetworks, network);
      const setImage = (image: unknown) => server.mergePatch("operator", path, { spec: { image } }, false);
      if (a < 0.5) setImage(imageOf(Math.floor(b * 4) - 1));
      else if (a < 0.65) setImage(b < 0.5 ? null : { tag: "latest" });
      else if (a < 0.8) server.remove("operator", path);
      else {
        server.beginRemoval("operator", path);
        cluster.later(1_000 + c * 120_000, () => server.endRemoval("operator", path));
      }
    },
  ],
  "scale-to-none": [
    1,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      const { name } = pick(cluster.sets(), a)?.metadata ?? {};
      if (name === undefined) return;
      cluster.changeSet(name, (spec) => ({ ...spec, replicas: 0 }));
      cluster.later(1_000 + b * 120_000, () => cluster.changeSet(name, (spec) => ({ ...spec, replicas: 1 })));
    },
  ],
  "keep-no-history": [
    1,
    ({ cluster }: Simulation, [a]: Dice) => {
      const limit = a < 0.7 ? 0 : 10;
      cluster.changePolicy({ successfulHaltsHistoryLimit: limit, failedHaltsHistoryLimit: limit });
    },
  ],
  "stand-unread": [
    1,
    ({ cluster, chain }: Simulation) => {
      for (const pod of cluster.pods()) cluster.validators.ofPod(pod.metadata.name, chain).staysAlive = true;
      cluster.server.losesLogs = true;
    },
  ],
  "name-another-label": [
    1,
    ({ cluster }: Simulation, [a]: Dice) => {
      if (cluster.target !== "CustomResource") return;
      const nameLabel = pick(["app", "zone", "set", null], a);
      cluster.changePolicy({ target: { customResource: { nameLabel } } });
    },
  ],
  "replica-set-alone": [1, ({ cluster }: Simulation, [a, b]: Dice) => makeSetAlone(cluster, a, b)],
  "refuse-workloads": [
    1,
    ({ cluster: { server } }: Simulation, [a]: Dice) => {
      server.refusesWorkloads = pick(["forbidden", "server-error", undefined] as const, a);
    },
  ],
} as const satisfies Record<
  string,
  readonly [weight: number, apply: (simulation: Simulation, dice: Dice) => void]
>;

/** A ReplicaSet that runs nothing, and is controlled by a custom resource, by the owner of one, or by a Deployment that is gone. */
function makeSetAlone(cluster: Cluster, which: number, how: number): void {
  const { server } = cluster;
  const name = `alone-${Math.floor(how * 1000)}`;
  const owner = pick([...cluster.seiNetworks(), ...cluster.seiNodes()], which);
  if (owner === undefined || server.find(PATHS.replicaSets, NAMESPACE, name) !== undefined) return;
  const gone = { apiVersion: "apps/v1", kind: "Deployment", name: "gone", uid: "uid-gone", controller: true };
  const labels = { set: name };
  server.create("operator", pathOf(PATHS.replicaSets, NAMESPACE), {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name, ownerReferences: [how < 0.7 ? controllingRef(owner) : gone] },
    spec: {
      replicas: how < 0.35 ? 0 : 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: which < 0.5 ? NODE : "node", image: imageOf(-1) }] },
      },
    },
  });
}

/** A policy gets another name: it is written under that one, and taken away under its own, in either order. */
function renamePolicy(cluster: Cluster, [which, order, when]: Dice): void {
  const [from, to] = which < 0.7 ? [POLICY, "renamed"] : ["renamed", POLICY];
  const old = cluster.policy(from);
  if (old === undefined || cluster.policy(to) !== undefined) return;
  const write = () => cluster.createPolicy(old.spec, to);
  const take = () => {
    if (cluster.policy(from) !== undefined)
      cluster.server.remove("operator", pathOf(PATHS.policies, NAMESPACE, from));
  };
  const [first, second] = order < 0.6 ? [write, take] : [take, write];
  first();
  if (when < 0.3) second();
  else cluster.later(when * 120_000, second);
}

/** `kubectl debug`: a container beside the node, that ends after a while or stays. */
function addDebugger(cluster: Cluster, pod: Pod | undefined, [, how, when]: Dice): void {
  if (pod === undefined) return;
  const { server } = cluster;
  const path = pathOfObject(PATHS.pods, pod);
  const image = how < 0.3 ? pod.spec.containers[0]?.image : "registry.example/shell@sha256:1";
  const ports = how * 10 - Math.floor(how * 10) < 0.5 ? [{ name: "rpc", containerPort: 26657 }] : [];
  const debuggers = [{ name: "debugger", image, ports }];
  server.mergePatch("operator", path, { spec: { ephemeralContainers: debuggers } }, false);
  const report = (state: object) => {
    const found = server.find<Pod>(PATHS.pods, pod.metadata.namespace, pod.metadata.name);
    if (found?.metadata.uid !== pod.metadata.uid) return;
    const ephemeralContainerStatuses = [{ name: "debugger", image, imageID: "", restartCount: 0, state }];
    server.mergePatch("kubelet", `${path}/status`, { status: { ephemeralContainerStatuses } }, false);
  };
  cluster.later(500, () => report({ running: { startedAt: "2026-01-01T00:00:00Z" } }));
  if (when < 0.8)
    cluster.later(5_000 + when * 200_000, () =>
      report({ terminated: { exitCode: 0, reason: "Completed", startedAt: "", finishedAt: "" } }),
    );
}

/** A pod by hand on a node's machine that has its address with it, as pods on the machine's network do. */
function shareAddress(
  { server, validators }: Cluster,
  chain: Simulation["chain"],
  [which, how, what]: Dice,
): void {
  const neighbour = pick(server.all<Pod>(PATHS.pods), which);
  const name = `host-${Math.floor(how * 1000)}`;
  if (neighbour === undefined || server.find(PATHS.pods, NAMESPACE, name) !== undefined) return;
  validators.ofPod(name, chain).serves = what < 0.3 ? "web-page" : "status";
  const ports = pick(
    [
      [{ name: "rpc", containerPort: 26657 }],
      [{ name: "rpc", containerPort: 36657 }],
      [{ name: "p2p", containerPort: 26656 }],
      [],
    ],
    (how * 7) % 1,
  );
  server.create("operator", pathOf(PATHS.pods, NAMESPACE), {
    metadata: { name, labels: { app: what < 0.5 ? "host" : "seid" } },
    spec: {
      nodeName: neighbour.spec.nodeName,
      hostNetwork: true,
      containers: [{ name: what < 0.9 ? NODE : "node", image: imageOf(-1), ports }],
    },
    status: { phase: "Pending" },
  });
}

/** Phases that no journal leaves. */
const ENDS: ReadonlySet<unknown> = new Set(["Recovered", "Failed", "Paged", "Withdrawn"]);

/** A controller of a release to come brings a journal to a phase of its own; it is taken back, and put up again later. */
function writeNewPhase(cluster: Cluster, [which, when, how]: Dice): void {
  const { server } = cluster;
  const open = server.all<NodeHalt>(PATHS.halts).filter(({ status }) => !ENDS.has(status?.phase));
  const halt = pick(open, which);
  if (halt === undefined) return;
  const path = pathOfObject(PATHS.halts, halt, "status");
  const { phase = "Held" } = halt.status ?? {};
  server.mergePatch("operator", path, { status: { phase: "Verifying" } }, false);
  cluster.later(5_000 + when * how * 240_000, () => {
    const found = server.find<NodeHalt>(PATHS.halts, halt.metadata.namespace, halt.metadata.name);
    if (found?.status?.phase === "Verifying")
      server.mergePatch("operator", path, { status: { phase } }, false);
  });
}

/** So many names the journal of one halt can have at most, besides the first two. */
const MOST_AGAIN = 8;

/** NodeHalts of an attacker's under every name that the journal of a pod's next halt can have. */
function takeNames(
  { server, now }: Cluster,
  chain: Simulation["chain"],
  pod: Pod | undefined,
  how: number,
): void {
  const plan = chain.plans.find(({ height }) => height > headAt(now)) ?? chain.plans.at(-1);
  if (pod === undefined || plan === undefined) return;
  const { name: podName, uid: podUID } = pod.metadata;
  const run = pod.status.containerStatuses?.[0]?.restartCount ?? 0;
  const reason = reasonToken(ShutdownReason.UpgradeRequired);
  const first = [podUID, NODE, reason];
  const identities: readonly (readonly unknown[])[] = [
    first,
    [...first, run],
    ...Array.from({ length: MOST_AGAIN }, (_, before) => [...first, run, plan.name, plan.height, before]),
  ];
  for (const identity of identities.slice(0, how < 0.7 ? undefined : 4)) {
    const name = haltNameOf(podName, reason, identity);
    if (server.find(PATHS.halts, NAMESPACE, name) !== undefined) continue;
    server.create("attacker", pathOf(PATHS.halts, NAMESPACE), {
      apiVersion: "upgrade-halt.dev/v1alpha1",
      kind: "NodeHalt",
      metadata: { name },
      spec: {
        podName,
        podUID,
        container: NODE,
        policyName: POLICY,
        reason,
        exitCode: ShutdownReason.UpgradeRequired,
        image: imageOf(7),
        planName: plan.name,
        height: plan.height,
        sources: ["exit-code"],
        verdict: "forged",
        detectedAt: "2026-01-01T00:00:00.000Z",
      },
    });
  }
}
