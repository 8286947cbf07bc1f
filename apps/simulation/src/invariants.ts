import { parseExitCode, ShutdownReason } from "@upgrade-halt/contract";
import type { Halt, NodeProcess } from "./cluster/node.ts";
import {
  controllerOf,
  type Deployment,
  type HaltPolicy,
  isControlledBy,
  type NodeHalt,
  PATHS,
  type Pod,
  type StatefulSet,
  type Stored,
  type Workload,
} from "./objects.ts";
import { type Act, imageIn, type Observer } from "./observer.ts";
import { sameValue } from "./patches.ts";

type Change = Extract<Act, { kind: "delete-pod" | "set-image" }>;
type SetImage = Extract<Act, { kind: "set-image" }>;

/** Something that must never happen, in words and as a check that says what did. */
export interface Invariant {
  readonly name: string;
  readonly words: string;
  /** Asked at each act of the controller. */
  readonly onAct?: (act: Act, observer: Observer) => string | undefined;
  /** Asked as a process of a node starts. */
  readonly onStart?: (process: NodeProcess, observer: Observer) => string | undefined;
  /** Asked once all faults have ended and everything had time to settle. */
  readonly atEnd?: (observer: Observer) => string | undefined;
}

/** How far below its height a halted node may have been seen last. */
const REACH_BLOCKS = 25;
/** A Deployment has replaced its pods this long after its image was set. */
const ROLLED_OUT_MS = 60_000;
/** A kubelet says that a process has started after this time at the latest. */
const REPORTED_MS = 500;
/** Such a page is about who wrote a NodeHalt, and stands for as long as it is there. */
const FORGED = "HaltNotSeen";
/** A page about a node that runs again is over after this time at the latest. */
const SETTLED_MS = 600_000;

export const INVARIANTS: readonly Invariant[] = [
  {
    name: "running-node",
    words: "No pod whose node runs and has not halted is deleted or given another image.",
    onAct: (act, observer) => {
      if (act.kind === "delete-pod")
        return isStopped(act, act.pod, observer) ? undefined : `${act.pod.metadata.name} runs`;
      if (act.kind !== "set-image") return undefined;
      const halt = haltIn(act.before, observer);
      const running = podsOf(act.before, observer).filter(
        (pod) =>
          !isKept(act, pod.metadata.name) && !isStopped(act, pod, observer) && !isPast(pod, halt, observer),
      );
      return running.length === 0 ? undefined : `${namesOf(running)} runs and shares the template`;
    },
  },
  {
    name: "whole-set",
    words:
      "A shared template changes only when every ordinal of the set has a pod that halted or is past the plan.",
    onAct: (act, observer) => {
      if (act.kind !== "set-image") return undefined;
      const names = new Set(podsOf(act.before, observer).map(({ metadata }) => metadata.name));
      const missing = ordinals(act.after).filter(
        (name) =>
          !names.has(name) &&
          !isKept(act, name) &&
          !observer.podRead(act, { metadata: { ...act.before.metadata, name } }),
      );
      return missing.length === 0 ? undefined : `${missing.join(", ")} is not there to be seen`;
    },
  },
  {
    name: "listed-image",
    words:
      "Only an image listed for exactly that chain, plan and height is set, or one that this node was seen running before.",
    onAct: (act, observer) => {
      if (act.kind !== "set-image") return undefined;
      const policies = observer.policiesRead(act);
      if (policies === undefined) return "the policies were not read for it";
      const isListed = podsOf(act.before, observer).some((pod) =>
        isListedFor(act.image, pod, policies, observer),
      );
      const hasRun = podsOf(act.before, observer).some((pod) => ranBefore(act.image, pod, observer));
      return isListed || hasRun
        ? undefined
        : `${act.image} is neither listed for a halt of this set nor has run in it`;
    },
  },
  {
    name: "one-process",
    words: "No two live processes of one validator.",
    onStart: (process, observer) => {
      const other = observer.truth.processes.find(
        (one) => one !== process && one.isAlive && one.validator === process.validator,
      );
      if (other === undefined) return undefined;
      // A Deployment makes a second pod beside one that somebody asked to end: that is not the controller's doing.
      const { deployments } = observer.workloads();
      const isDeployment = deployments.some(({ metadata }) => metadata.name === process.validator.name);
      const acted =
        observer.acts.findLast(
          (act) => act.kind === "set-image" && act.before.metadata.name === process.validator.name,
        )?.at ?? -1;
      if (isDeployment && (acted <= observer.meddledAt || process.startedAt - acted > ROLLED_OUT_MS))
        return undefined;
      return `${process.validator.name} runs twice`;
    },
  },
  {
    name: "ends-first",
    words: "A Deployment's image changes only where it ends its one pod before it makes another.",
    onAct: (act) => {
      if (act.kind !== "set-image" || act.before.kind !== "Deployment") return undefined;
      const { strategy, replicas } = (act.before as Deployment).spec;
      if (strategy.type !== "Recreate") return `its strategy is ${strategy.type}`;
      return replicas > 1 ? `it has ${replicas} replicas of one validator` : undefined;
    },
  },
  {
    name: "no-twin",
    words: "Nothing is done about a halt while another pod that was listed may run as the same validator.",
    onAct: (act, observer) => {
      if (act.kind === "other") return undefined;
      const own = act.kind === "delete-pod" ? [act.pod] : podsOf(act.before, observer);
      const listed = observer.podsRead(act)?.object ?? [];
      const twin = listed.find((pod) => {
        const process = observer.truth.processOf(pod.metadata.uid);
        const same = own.some(
          (one) =>
            one.metadata.uid !== pod.metadata.uid &&
            process !== undefined &&
            observer.truth.validatorOf(one.metadata.name) === process.validator,
        );
        return same && process?.isAlive && process.halt === undefined;
      });
      return twin === undefined ? undefined : `${twin.metadata.name} may run as the same validator`;
    },
  },
  {
    name: "not-owned",
    words: "An object whose owner decides its image is not changed.",
    onAct: (act) => {
      if (act.kind !== "set-image") return undefined;
      const owner = controllerOf(act.before);
      return owner === undefined ? undefined : `${owner.kind} ${owner.name} owns ${act.before.metadata.name}`;
    },
  },
  {
    name: "image-alone",
    words: "Of a workload, its image and its partition are changed, and nothing else.",
    onAct: (act) => {
      if (act.kind !== "set-image") return undefined;
      return sameValue(withoutImage(act.before), withoutImage(act.after))
        ? undefined
        : `more than the image of ${act.before.metadata.name} was changed`;
    },
  },
  {
    name: "own-objects",
    words:
      "Nothing but journals, records, policies' status, marks on pods, Events and the lease is written beside the two acts.",
    onAct: (act) => {
      if (act.kind !== "other") return undefined;
      const { collection, verb, subresource } = act.commit;
      const isOwn = /\/(nodehalts|noderecords|leases|events)$/.test(collection) && verb !== "delete";
      const isStatus = collection === PATHS.policies && subresource === "status";
      const isMark = collection === PATHS.pods && verb === "update";
      return isOwn || isStatus || isMark ? undefined : `it did ${verb} ${collection}`;
    },
  },
  {
    name: "selected",
    words:
      "Only a pod that a policy of its namespace selects at that moment is touched, and only as that policy asks.",
    onAct: (act, observer) => {
      if (act.kind === "other") return undefined;
      const policies = observer.policiesRead(act);
      if (policies === undefined) return "the policies were not read for it";
      const pods = act.kind === "delete-pod" ? [act.pod] : podsOf(act.before, observer);
      const isSelected =
        pods.length === 0 ||
        pods.some((pod) => policies.some((policy) => selects(policy, labelsRead(act, pod, observer))));
      return isSelected ? undefined : `no policy selects ${namesOf(pods)}`;
    },
  },
  {
    name: "paused",
    words:
      "Nothing is changed after `paused` or `abort` was written, but by an act that was read for before.",
    onAct: (act, observer) => {
      if (act.kind === "other") return undefined;
      const pods = act.kind === "delete-pod" ? [act.pod] : podsOf(act.before, observer);
      const isPaused = (policies: readonly HaltPolicy[]) => {
        const governing = pods.flatMap((pod) => governingOf(policies, labelsRead(act, pod, observer)) ?? []);
        return governing.length > 0 && governing.every(({ spec }) => spec.paused || spec.dryRun);
      };
      const readings = observer.policyReadings(act);
      if (readings.length > 0 && readings.every(isPaused)) return "its policy is paused";
      const halts = observer.truth
        .all<NodeHalt>(PATHS.halts)
        .filter(({ spec }) => pods.some((pod) => pod.metadata.name === spec.podName));
      const open = halts.filter((halt) =>
        ["Swapping", "Recreating", "Recovering"].includes(String(halt.status?.phase)),
      );
      const aborted = open.filter((halt) => isAborted(observer.haltRead(act, halt)?.object));
      return open.length > 0 && aborted.length === open.length
        ? `${aborted[0]?.metadata.name} is aborted`
        : undefined;
    },
  },
  {
    name: "once",
    words: "Each destructive act happens once per halt.",
    onAct: (act, observer) => {
      const same = observer.acts.filter((other) => other !== act && isSameAct(act, other));
      return same.length === 0 ? undefined : `${act.kind} was done ${same.length + 1} times`;
    },
  },
  {
    name: "no-applied-plan",
    words: "No rollback goes past a plan that was applied.",
    onAct: (act, observer) => {
      if (act.kind !== "set-image") return undefined;
      const pods = podsOf(act.before, observer);
      const policies = observer.policiesRead(act) ?? [];
      if (pods.some((pod) => isListedFor(act.image, pod, policies, observer))) return undefined;
      const stranded = pods.filter((pod) => lacksApplied(act.image, pod, observer));
      return stranded.length === 0
        ? undefined
        : `${act.image} lacks a plan that ${namesOf(stranded)} has applied`;
    },
  },
  {
    name: "cared-for",
    words: "Every halt ends recovered, paged or held with a reason.",
    atEnd: (observer) => {
      const lost = haltedPods(observer).filter((pod) => !isCaredFor(pod, observer));
      return lost.length === 0 ? undefined : `${namesOf(lost)} halted, and no journal says so`;
    },
  },
  {
    name: "one-page",
    words: "One page for each halt and reason, and none about a node that runs again.",
    atEnd: (observer) => {
      const { truth } = observer;
      const open = new Map(truth.told.map((told) => [told.key, told]));
      const stale = [...open.values()].filter(
        (told) => told.state === "firing" && told.reason !== FORGED && isHealthy(told.pod, observer),
      );
      return stale.length === 0 ? undefined : `the page ${stale[0]?.key} stands, and its node runs`;
    },
  },
];

/** The first of the invariants that an act breaks, with what it says. */
export function brokenBy(act: Act, observer: Observer): string | undefined {
  for (const { name, onAct } of INVARIANTS) {
    const what = onAct?.(act, observer);
    if (what !== undefined) return `${name}: ${what}`;
  }
  return undefined;
}

export function brokenByStart(process: NodeProcess, observer: Observer): string | undefined {
  for (const { name, onStart } of INVARIANTS) {
    const what = onStart?.(process, observer);
    if (what !== undefined) return `${name}: ${what}`;
  }
  return undefined;
}

export function brokenAtEnd(observer: Observer): string | undefined {
  for (const { name, atEnd } of INVARIANTS) {
    const what = atEnd?.(observer);
    if (what !== undefined) return `${name}: ${what}`;
  }
  return undefined;
}

/** Pods that a workload made, itself or by a ReplicaSet or StatefulSet of its own. */
function podsOf({ metadata }: Stored, observer: Observer): readonly Pod[] {
  const { sets } = observer.workloads();
  const makers = new Set([metadata.uid, ...sets.filter(isControlledBy(metadata.uid)).map(uidOf)]);
  return observer.truth
    .all<Pod>(PATHS.pods)
    .filter(({ metadata }) =>
      metadata.ownerReferences?.some(({ uid, controller }) => controller && makers.has(uid)),
    );
}

function uidOf({ metadata }: Stored): string {
  return metadata.uid;
}

/** Names that the pods of a StatefulSet have; a Deployment names its pods anew. */
function ordinals({ metadata, kind, spec }: Workload): readonly string[] {
  if (kind !== "StatefulSet") return [];
  const { replicas } = spec as StatefulSet["spec"];
  return Array.from({ length: replicas }, (_, index) => `${metadata.name}-${index}`);
}

/** A workload's spec without what a swap may change. */
function withoutImage({ spec }: Workload): unknown {
  if ("image" in spec) return { ...spec, image: "" };
  const containers = spec.template.spec.containers.map((container, index) =>
    index === 0 ? { ...container, image: "" } : container,
  );
  const template = { ...spec.template, spec: { ...spec.template.spec, containers } };
  if (!("updateStrategy" in spec)) return { ...spec, template };
  const { updateStrategy } = spec;
  const rollingUpdate = { ...updateStrategy.rollingUpdate, partition: 0 };
  return { ...spec, template, updateStrategy: { ...updateStrategy, rollingUpdate } };
}

/** Whether a pod of this name is made from the same template after the act as before it. */
function isKept({ before, after, image }: SetImage, podName: string): boolean {
  if (before.kind !== "StatefulSet") return false;
  const ordinal = Number(podName.slice(podName.lastIndexOf("-") + 1));
  const had = imageIn(before) === image;
  return ordinal < partitionOf(after) || (had && ordinal >= partitionOf(before));
}

function partitionOf({ spec }: Workload): number {
  if (!("updateStrategy" in spec) || spec.updateStrategy.type !== "RollingUpdate") return 0;
  return spec.updateStrategy.rollingUpdate?.partition ?? 0;
}

/** Halted, or started again since the replica read that it was: what happens between is nobody's fault. */
function isStopped(act: Change, pod: Pod, observer: Observer): boolean {
  const { processes, processOf } = observer.truth;
  const process = processOf(pod.metadata.uid);
  if (process === undefined || process.halt !== undefined) return process?.halt !== undefined;
  if (announcesInReach(process)) return true;
  const read = observer.podRead(act, pod);
  if (read === undefined || read.object.metadata.uid !== pod.metadata.uid || !showsHalt(read.object))
    return false;
  const earlier = processes.findLast((one) => one.validator === process.validator && one !== process);
  return earlier?.halt !== undefined && process.startedAt >= read.at - REPORTED_MS;
}

/** A node that announces a halt at the height where it is can't be told from one that has halted. */
function announcesInReach(process: NodeProcess): boolean {
  return announcedBy(process) !== undefined;
}

/** What a node announces of a height where it is. */
function announcedBy({ validator: { lie }, height }: NodeProcess) {
  if (lie?.height === undefined) return undefined;
  return height <= lie.height && height >= lie.height - REACH_BLOCKS ? lie : undefined;
}

function showsHalt({ status }: Pod): boolean {
  return (status.containerStatuses ?? []).some(({ state, lastState }) => {
    const ended = state.terminated ?? (state.running === undefined ? lastState.terminated : undefined);
    return ended !== undefined && ended.exitCode > 0 && parseExitCode(ended.exitCode).kind !== "outside";
  });
}

function haltIn(set: Stored, observer: Observer) {
  return podsOf(set, observer)
    .map((pod) => observer.truth.processOf(pod.metadata.uid)?.halt)
    .find((halt) => halt !== undefined);
}

/** Past the upgrade: it was applied, or skipped and left behind. */
function isPast({ metadata }: Pod, halt: Halt | undefined, { truth }: Observer): boolean {
  const process = truth.processOf(metadata.uid);
  if (process === undefined || halt === undefined) return false;
  const isAbove =
    process.state.kind === "running" && halt.height !== undefined && process.height > halt.height;
  return process.validator.applied.includes(halt.plan) || isAbove;
}

function isListedFor(image: string, pod: Pod, policies: readonly HaltPolicy[], { truth }: Observer): boolean {
  const process = truth.processOf(pod.metadata.uid);
  const halt = process && (process.halt ?? announcedBy(process) ?? lastHaltOf(pod, truth));
  if (process === undefined || halt?.reason !== ShutdownReason.UpgradeRequired) return false;
  return policies.some(
    ({ spec }) =>
      spec.chainId === process.validator.chain.id &&
      spec.upgrades.some(
        (upgrade) =>
          upgrade.image === image && upgrade.planName === halt.plan && upgrade.height === halt.height,
      ),
  );
}

function lastHaltOf({ metadata }: Pod, { processes, validatorOf }: Observer["truth"]) {
  const validator = validatorOf(metadata.name);
  return processes.findLast((process) => process.validator === validator && process.halt !== undefined)?.halt;
}

/** A process of the validator ran with this image before it halted for something else. */
function ranBefore(image: string, { metadata }: Pod, { truth }: Observer): boolean {
  const validator = truth.validatorOf(metadata.name);
  return truth.processes.some(
    (process) => process.validator === validator && process.image === image && process.hasRun,
  );
}

function lacksApplied(image: string, { metadata }: Pod, { truth }: Observer): boolean {
  const { chain, applied, replaced } = truth.validatorOf(metadata.name);
  // Another binary runs in the image's place, and will again.
  if (replaced !== undefined) return false;
  const release = Number(/0*(\d+)$/.exec(image)?.[1] ?? 0) - 1;
  return chain.plans.some(({ name }, index) => applied.includes(name) && index > release);
}

function selects({ spec }: HaltPolicy, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(spec.selector.matchLabels ?? {}).every(([name, value]) => labels[name] === value);
}

function governingOf(
  policies: readonly HaltPolicy[],
  labels: Readonly<Record<string, string>>,
): HaltPolicy | undefined {
  const [first] = policies
    .filter((policy) => selects(policy, labels))
    .toSorted((one, other) => ageOf(one).localeCompare(ageOf(other)));
  return first;
}

function ageOf({ metadata }: Stored): string {
  return `${metadata.creationTimestamp} ${metadata.name}`;
}

function labelsRead(act: Change, pod: Pod, observer: Observer): Readonly<Record<string, string>> {
  return (observer.podRead(act, pod)?.object ?? pod).metadata.labels ?? {};
}

function isAborted(halt: NodeHalt | undefined): boolean {
  return halt?.metadata.annotations?.["upgrade-halt.dev/abort"] === "true";
}

function isSameAct(one: Act, other: Act): boolean {
  if (one.kind === "delete-pod" && other.kind === "delete-pod")
    return one.pod.metadata.uid === other.pod.metadata.uid;
  if (one.kind !== "set-image" || other.kind !== "set-image") return false;
  return (
    one.before.metadata.uid === other.before.metadata.uid &&
    one.before.metadata.generation === other.before.metadata.generation
  );
}

function namesOf(objects: readonly Stored[]): string {
  return objects.map(({ metadata }) => metadata.name).join(", ");
}

/** Pods of sets that a policy governs, and whose nodes stand halted. */
function haltedPods({ truth }: Observer): readonly Pod[] {
  const policies = truth.all<HaltPolicy>(PATHS.policies);
  return truth.all<Pod>(PATHS.pods).filter((pod) => {
    const isHalted = truth.processOf(pod.metadata.uid)?.halt !== undefined;
    return isHalted && governingOf(policies, pod.metadata.labels ?? {}) !== undefined;
  });
}

function isCaredFor({ metadata }: Pod, { truth }: Observer): boolean {
  return truth
    .all<NodeHalt>(PATHS.halts)
    .some(
      ({ spec, status }) =>
        spec.podName === metadata.name && status?.reason !== undefined && status.phase !== "Recovered",
    );
}

/** Up for long enough, and not halted. */
function isHealthy(podName: string, { truth }: Observer): boolean {
  const policies = truth.all<HaltPolicy>(PATHS.policies);
  const pod = truth.all<Pod>(PATHS.pods).find(({ metadata }) => metadata.name === podName);
  const process = pod && truth.processOf(pod.metadata.uid);
  if (
    pod === undefined ||
    process === undefined ||
    governingOf(policies, pod.metadata.labels ?? {}) === undefined
  )
    return false;
  return process.state.kind === "running" && truth.now() - process.state.since > SETTLED_MS;
}
