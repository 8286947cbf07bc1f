import dns from "node:dns/promises";
import { syncBuiltinESMExports } from "node:module";
import type { Boundary } from "@upgrade-halt/mini-controller";
import { BLOCK_MS, type Chain, type Plan, timeOf } from "../cluster/chain.ts";
import { Cluster, type WorkloadKind } from "../cluster/cluster.ts";
import { applyArmed, applyEvent, type Event, isRareCluster, planEvents } from "../events/chaos.ts";
import { brokenAtEnd, brokenBy, brokenByStart } from "../invariants/invariants.ts";
import { Observer } from "../invariants/observer.ts";
import { upgradeOf } from "../server/listing.ts";
import { controllingRef } from "../server/objects.ts";
import { Random } from "../time/random.ts";
import { VirtualTime } from "../time/virtual-time.ts";
import { Network } from "./network.ts";
import { Pager } from "./pager.ts";
import { Replica } from "./replica.ts";
import type { Simulation } from "./simulation.ts";
import { Transcript, type TranscriptLine } from "./transcript.ts";

/** Milliseconds in which things go wrong, nights not counted, and the time after in which everything must come to rest. */
const TROUBLE_MS = 15 * 60_000;
const REST_MS = 25 * 60_000;
const MOST_EVENTS = 48;
/** `--lease-seconds`, and how often it is renewed: the default, and where a cluster has a night, of which renewals would be most that happens. */
const LEASE = { ms: 15_000, retryMs: 2_000 } as const;
const LONG_LEASE = { ms: 60_000, retryMs: 15_000 } as const;
/** One in so many boundaries of the controller's work ends the process there, while there is trouble. */
const CRASH_AT_BOUNDARY = 1 / 60;

export interface EpisodeOptions {
  readonly seed: number;
  /** What happens; planned by the seed unless given. */
  readonly events?: readonly Event[] | undefined;
  readonly onBoundary?: ((boundary: Boundary) => void) | undefined;
  /** Ends with the trouble: for what breaks at an act, and not at the end. */
  readonly isRestLeftOut?: boolean | undefined;
}

export interface EpisodeResult {
  readonly seed: number;
  readonly steps: number;
  readonly virtualMs: number;
  readonly events: readonly Event[];
  readonly acts: number;
  readonly recovered: number;
  /** Which invariant was broken, and by what. */
  readonly broken: string | undefined;
  readonly transcript: readonly TranscriptLine[];
}

/** Plays one cluster's life from one seed. The same seed and events always give the same. */
export async function playEpisode({
  seed,
  events: given,
  onBoundary,
  isRestLeftOut,
}: EpisodeOptions): Promise<EpisodeResult> {
  const { chain, events: all, target, planned, troubleMs, hasNight } = planOf(seed);
  const events = given ?? all;
  const random = new Random(seed * 2 + 2);
  const time = new VirtualTime();
  const uninstall = time.install(random);
  const { lookup } = dns;
  dns.lookup = (async () => [{ address: "10.255.0.1", family: 4 }]) as unknown as typeof dns.lookup;
  syncBuiltinESMExports();
  try {
    return await play({
      seed,
      events,
      random,
      troubleMs,
      hasNight,
      planned,
      time,
      chain,
      target,
      onBoundary,
      isRestLeftOut,
    });
  } finally {
    dns.lookup = lookup;
    uninstall();
  }
}

/** What a seed decides before anything is played. */
export function planOf(seed: number) {
  const planned = new Random(seed * 2 + 1);
  const day = planChain(planned);
  const night = nightOf(seed, day);
  const chain = { ...day, plans: day.plans.map((plan) => plannedAfter(plan, night)) };
  const events = planEvents(seed, MOST_EVENTS, TROUBLE_MS, day).map((event) =>
    event.at < night.from ? event : { ...event, at: event.at + night.ms },
  );
  const target: WorkloadKind = planned.pick([
    "StatefulSet",
    "StatefulSet",
    "StatefulSet",
    "Deployment",
    "CustomResource",
  ]);
  return { planned, chain, events, target, troubleMs: TROUBLE_MS + night.ms, hasNight: night.ms > 0 };
}

/** Hours in which blocks are made and nothing else happens, before one of the upgrades. */
interface Night {
  readonly from: number;
  readonly ms: number;
}

/** How many clusters have a night, and how long it is. */
const NIGHTS = { share: 0.15, leastHours: 8, mostHours: 48 } as const;
/** A night ends so long before the upgrade that it puts off. */
const MORNING_MS = 20_000;

function nightOf(seed: number, { plans }: Chain): Night {
  const random = Random.of(seed, "night");
  const from = timeOf(random.pick(plans)) - MORNING_MS;
  const hours = random.between(NIGHTS.leastHours, NIGHTS.mostHours);
  return { from, ms: random.chance(NIGHTS.share) ? hours * 3_600_000 : 0 };
}

function plannedAfter(plan: Plan, { from, ms }: Night): Plan {
  return timeOf(plan) < from ? plan : { ...plan, height: plan.height + ms / BLOCK_MS };
}

interface Play extends EpisodeOptions {
  readonly events: readonly Event[];
  readonly target: WorkloadKind;
  readonly random: Random;
  readonly planned: Random;
  readonly time: VirtualTime;
  readonly chain: Chain;
  /** How long things go wrong. */
  readonly troubleMs: number;
  readonly hasNight: boolean;
}

async function play({
  seed,
  events,
  random,
  planned,
  time,
  chain,
  target,
  troubleMs,
  hasNight,
  onBoundary,
  isRestLeftOut = false,
}: Play): Promise<EpisodeResult> {
  let broken: string | undefined;
  let acts = 0;
  const transcript = new Transcript(time);
  const network = new Network(time, random);
  const pager = new Pager(time, network);
  const cluster = new Cluster({
    time,
    random,
    network,
    chain,
    onCommit: (commit) => {
      transcript.onCommit(commit);
      const act = observer.onCommit(commit);
      if (act === undefined) return;
      if (act.kind !== "other") acts += 1;
      broken ??= brokenBy(act, observer);
    },
    onStart: (process) => {
      transcript.onStart(process);
      broken ??= brokenByStart(process, observer);
    },
    onStatus: (told) => observer.onStatus(told),
  });
  cluster.target = target;
  const { server, kubelet, validators } = cluster;
  const observer: Observer = new Observer({
    now: () => time.now,
    processOf: (uid) => kubelet.processOf(uid),
    processes: validators.processes,
    validatorOf: (name) => validators.ofPod(name, chain),
    all: (collection) => server.all(collection),
    find: (collection, namespace, name) => server.find(collection, namespace, name),
    told: pager.told,
  });
  const lease = hasNight ? LONG_LEASE : LEASE;
  const isTroubled = () => time.now < troubleMs;
  const replicas = ["controller-a", "controller-b"].map(
    (name) =>
      new Replica({
        name,
        time,
        random,
        network,
        server,
        pager,
        readNode: cluster.readNode,
        lease,
        onReading: (reading) => observer.onReading(reading),
        onSend: (by, path) => observer.onSend(by, path),
        onBoundary: (boundary) => {
          onBoundary?.(boundary);
          if (applyArmed(boundary, simulation))
            replicas.find((replica) => replica.name === name)?.crash(2_000);
          if (!isTroubled() || !random.chance(CRASH_AT_BOUNDARY)) return;
          transcript.note(`${name} is killed at ${boundary}`);
          replicas.find((replica) => replica.name === name)?.crash(500);
        },
      }),
  );
  const simulation: Simulation = { cluster, network, pager, replicas, chain, armed: [] };
  populate(simulation, planned, seed);
  for (const replica of replicas) replica.start();
  for (const event of events)
    time.later(event.at, () => {
      transcript.note(`${event.kind} ${event.dice.map((die) => die.toFixed(2)).join(" ")}`);
      applyEvent(event, simulation);
    });
  time.later(troubleMs, () => calm(simulation, transcript));
  const endMs = isRestLeftOut ? troubleMs : troubleMs + REST_MS;
  if (!isRestLeftOut)
    time.later(endMs, () => {
      broken ??= brokenAtEnd(observer);
    });
  await time.run(() => broken !== undefined || time.now >= endMs);
  const recovered = server
    .all("/apis/upgrade-halt.dev/v1alpha1/nodehalts")
    .filter(({ status }) => status?.phase === "Recovered").length;
  return {
    seed,
    steps: time.steps,
    virtualMs: time.now,
    events,
    acts,
    recovered,
    broken,
    transcript: transcript.lines,
  };
}

/** Two to four upgrades, some of them minor, within the time of trouble. */
function planChain(random: Random): Chain {
  let height = 0;
  const plans = Array.from({ length: random.between(2, 4) }, (_, index): Plan => {
    height += random.between(60, 220);
    return { name: `v${index + 1}`, height, isMinor: random.chance(0.25) };
  });
  return { id: "pacific-1", plans, isLegacy: random.chance(0.2) };
}

function populate({ cluster, chain }: Simulation, random: Random, seed: number): void {
  const shapes = Random.of(seed, "shapes");
  const rare = Random.of(seed, "rare shapes");
  const isRare = isRareCluster(seed);
  cluster.hasNetwork = isRare && cluster.target === "CustomResource" && rare.chance(0.7);
  const network = cluster.hasNetwork ? cluster.createSeiNetwork("net", -1) : undefined;
  const count = random.between(1, 3);
  for (let index = 0; index < count; index += 1) {
    const name = `sei-${"abc"[index]}`;
    const labels = random.chance(0.3) ? { restart: "always" } : {};
    const set = {
      labels,
      replicas: random.pick([1, 1, 1, 2, 3]),
      podManagementPolicy: random.pick(["OrderedReady", "Parallel"] as const),
      updateStrategy: random.pick([{ type: "OnDelete" }, { type: "RollingUpdate" }] as const),
      keepsKeys: shapes.chance(0.25) ? shapes.pick(["machine", "machine", "network"] as const) : undefined,
      isTagged: shapes.chance(0.15),
      hidesPort: shapes.chance(0.03),
      hasOneImage: shapes.chance(0.06),
      namesPortBeside: isRare && rare.chance(0.4),
      ...(shapes.chance(0.15) ? { readinessGates: [{ conditionType: "upgrade-halt.dev/NotHalted" }] } : {}),
    };
    switch (cluster.target) {
      case "StatefulSet":
        cluster.createSet(name, { ...set, release: -1 });
        break;
      case "CustomResource":
        cluster.createSeiNode(name, -1, network && rare.chance(0.1) ? undefined : set, network);
        break;
      case "Deployment":
        cluster.createDeployment(name, {
          release: -1,
          labels,
          strategy: { type: random.pick(["Recreate", "Recreate", "Recreate", "RollingUpdate"] as const) },
        });
        break;
    }
  }
  if (network !== undefined && rare.chance(0.4)) {
    const [node] = cluster.seiNodes();
    const owner = rare.chance(0.5) ? network : node && controllingRef(node);
    const labels = { app: rare.pick(["seid", "sentry"]) };
    const strategy = { type: rare.pick(["Recreate", "Recreate", "RollingUpdate"] as const) };
    cluster.createDeployment("sentries", { release: -1, labels, strategy, ...(owner && { owner }) });
  }
  const listed = chain.plans.map((_, index) => upgradeOf(chain, index)).filter(() => random.chance(0.6));
  cluster.namesLabel = shapes.chance(0.3);
  cluster.createPolicy({
    upgrades: listed,
    maxConcurrent: random.pick([1, 2, 10]),
    ...(random.chance(0.35) ? { roll: "OnePartition" } : {}),
    ...(random.chance(0.05) ? { paging: [] } : {}),
    ...(chain.isLegacy
      ? { inferredHalts: random.pick(["Act", "Act", "Act", "Page", "Ignore"] as const) }
      : {}),
  });
  if (shapes.chance(0.1)) cluster.createPolicy({ upgrades: [] }, shapes.pick(["a-policy", "second"]));
  cluster.kubelet.digests = !shapes.chance(0.05);
  cluster.kubelet.isCriO = isRare && Random.of(seed, "container runtime").chance(0.3);
  cluster.servesNobody = random.chance(0.05);
  const fallsBackToLogs = shapes.chance(0.4);
  if (chain.isLegacy)
    for (const set of [...cluster.sets(), ...cluster.deployments()])
      for (const name of [set.metadata.name, ...[0, 1, 2].map((index) => `${set.metadata.name}-${index}`)])
        Object.assign(cluster.validators.ofPod(name, chain), {
          staysAlive: random.chance(0.5),
          fallsBackToLogs,
        });
}

/** Every fault ends; what people did stays as they left it. */
function calm({ cluster, network, pager, replicas }: Simulation, transcript: Transcript): void {
  transcript.note("all faults end");
  network.heal();
  pager.isDown = false;
  cluster.kubelet.healAll();
  cluster.server.refusesLogs = false;
  cluster.server.losesLogs = false;
  cluster.server.stampsNoLogs = false;
  cluster.server.definitions = "of-now";
  cluster.server.takesNoHalts = undefined;
  cluster.server.takesNoStatus = undefined;
  cluster.server.rewritesImages = undefined;
  cluster.server.refusesWorkloads = undefined;
  cluster.servesNobody = false;
  for (const validator of cluster.validators.all()) {
    validator.lie = undefined;
    validator.isUnreadable = false;
    validator.oddities = {};
  }
  for (const replica of replicas) replica.skew(0);
}
