import { ShutdownReason } from "@upgrade-halt/contract";
import { isSameRelease, releaseOf } from "../cluster/chain.ts";
import type { Halt, NodeProcess } from "../cluster/node.ts";
import { governingOf, NODE, selects } from "../server/governing.ts";
import {
  controllerOf,
  type Deployment,
  type HaltPolicy,
  isReady,
  type NodeHalt,
  PATHS,
  type Pod,
  type StatefulSet,
  type Stored,
  type Workload,
} from "../server/objects.ts";
import { sameValue } from "../server/patches.ts";
import { podsOf } from "../server/pods-of.ts";
import { BUDGET_INVARIANTS } from "./budgets.ts";
import type { Invariant } from "./invariant.ts";
import { type Act, type Change, imageIn, type Observer } from "./observer.ts";
import { PAGE_INVARIANTS } from "./pages.ts";
import { announcedHalt, isStopped, REACH_BLOCKS } from "./stopped.ts";

/** What tells whether a journal is done with. */
interface JournalEnd {
  readonly phase?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  readonly page?: { readonly state: string };
  readonly formerPages?: readonly { readonly state: string }[];
}
type SetImage = Extract<Act, { kind: "set-image" }>;

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
          !isKept(act, pod.metadata.name) &&
          !hasItAlready(act, pod) &&
          !isStopped(act, pod, observer) &&
          !isPastOn(act, pod, halt, observer),
      );
      return running.length === 0 ? undefined : `${namesOf(running)} runs and shares the template`;
    },
  },
  {
    name: "whole-set",
    words:
      "A shared template changes only when every ordinal of the set has a pod that halted or is past the plan on that image.",
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
    name: "its-own-pod",
    words: "Something is done only for a pod that a set controls, and takes by its selector.",
    onAct: (act, observer) => {
      if (act.kind === "other" || (act.kind === "set-image" && act.before.kind !== "StatefulSet"))
        return undefined;
      const pods = act.kind === "delete-pod" ? [act.pod] : podsOf(act.before, observer);
      const { sets } = observer.workloads();
      const isOwn = pods.some((pod) => {
        const owner = controllerOf(pod);
        const set = sets.find(({ metadata }) => metadata.uid === owner?.uid);
        const labels = labelsReadLast(act, pod, observer);
        return (
          set !== undefined &&
          Object.entries((set as StatefulSet).spec.selector.matchLabels).every(
            ([key, value]) => labels[key] === value,
          )
        );
      });
      return isOwn ? undefined : `no set controls and selects ${namesOf(pods)}`;
    },
  },
  {
    name: "in-order",
    words: "Of a set that makes its pods in order none is deleted before those of lower ordinals are ready.",
    onAct: (act, observer) => {
      if (act.kind !== "delete-pod") return undefined;
      const owner = controllerOf(act.pod);
      const set = observer.workloads().sets.find(({ metadata }) => metadata.uid === owner?.uid);
      if ((set as StatefulSet | undefined)?.spec.podManagementPolicy !== "OrderedReady") return undefined;
      const names = ordinals(set as StatefulSet);
      const pods = podsOf(set as StatefulSet, observer);
      const unready = names.slice(0, names.indexOf(act.pod.metadata.name)).filter((name) => {
        const now = pods.find(({ metadata }) => metadata.name === name);
        const known = observer.podWhenSent(act, name);
        return !(now && isReady(now)) && !(known && isReady(known));
      });
      return unready.length === 0 ? undefined : `${unready.join(", ")} would be made before it`;
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
      const isListed = podsOf(act.before, observer).some((pod) => isListedFor(act, pod, policies, observer));
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
      if (other === undefined || isByHand(process, observer) || isByHand(other, observer)) return undefined;
      // A Deployment makes a second pod beside one that somebody asked to end: that is not the controller's doing.
      const { deployments } = observer.workloads();
      const isDeployment = deployments.some(({ metadata }) => metadata.name === process.validator.name);
      const acted =
        observer.acts.findLast(
          (act) => act.kind === "set-image" && act.before.metadata.name === process.validator.name,
        )?.at ?? -1;
      if (isDeployment && acted <= observer.meddledAt(process.validator)) return undefined;
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
      const halted = own.filter((pod) => isHalted(pod, observer));
      // One of the same name was there before it, and is gone since.
      const isAnother = (one: Pod, pod: Pod) => pod.metadata.name !== one.metadata.name;
      const shared = halted.filter((one) =>
        listed.some((pod) => isAnother(one, pod) && sharesData(one, pod)),
      );
      // It may have been done for any of the pods that halted.
      if (halted.length > 0 && shared.length === halted.length)
        return `another pod has the data of ${namesOf(shared)} and was not seen to end`;
      const { processOf, validatorOf } = observer.truth;
      const twinOf = ({ metadata }: Pod) =>
        listed.find((pod) => {
          const process = processOf(pod.metadata.uid);
          const isSame =
            process?.validator === validatorOf(metadata.name) && pod.metadata.uid !== metadata.uid;
          return isSame && process.isAlive && process.halt === undefined;
        });
      const twins = halted.flatMap((pod) => twinOf(pod) ?? []);
      return halted.length === 0 || twins.length < halted.length
        ? undefined
        : `${namesOf(twins)} may run as the same validator`;
    },
  },
  {
    name: "not-owned",
    words: "An object whose owner decides its image is not changed.",
    onAct: (act) => {
      if (act.kind !== "set-image") return undefined;
      const owner = controllerOf(act.before);
      if (owner !== undefined) return `${owner.kind} ${owner.name} owns ${act.before.metadata.name}`;
      const isDeclared = act.before.metadata.annotations?.["argocd.argoproj.io/tracking-id"] !== undefined;
      return isDeclared ? `Argo CD declares ${act.before.metadata.name}` : undefined;
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
      const isHistory = collection === PATHS.halts && verb === "delete";
      return isOwn || isStatus || isMark || isHistory ? undefined : `it did ${verb} ${collection}`;
    },
  },
  {
    name: "history",
    words:
      "A journal is deleted only when its halt is over and told, no person's word hangs on it, and its pod is gone.",
    onAct: (act, { truth }) => {
      if (act.kind !== "other" || act.commit.collection !== PATHS.halts || act.commit.verb !== "delete")
        return undefined;
      const halt = act.commit.before as NodeHalt;
      const { metadata, spec, status } = halt;
      const { phase = "", conditions = [], page, formerPages = [] } = (status ?? {}) as JournalEnd;
      const said = (name: string) => metadata.annotations?.[`upgrade-halt.dev/${name}`] === "true";
      const isResolved = conditions.some((one) => one.type === "Resolved" && one.status === "True");
      const isOver = phase === "Recovered" || phase === "Withdrawn" || isResolved;
      const isUntold = [...formerPages, ...(page === undefined ? [] : [page])].some(
        ({ state }) => state !== "Resolved" && state !== "NoTarget",
      );
      const isFailure = phase === "Failed" && !said("acknowledged");
      const isThere = truth.all<Pod>(PATHS.pods).some((pod) => pod.metadata.uid === spec.podUID);
      const keeps =
        !isOver || isUntold || isFailure || isThere || said("abort") || status?.seen === undefined;
      return keeps ? `it deleted ${metadata.name}, which is ${phase}` : undefined;
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
        pods.some((pod) =>
          [labelsReadLast(act, pod, observer), ...observer.labelsInLists(act, pod)].some((labels) =>
            policies.some((policy) => policy.spec.container === NODE && selects(policy, labels)),
          ),
        );
      return isSelected ? undefined : `no policy selects ${namesOf(pods)} and its container ${NODE}`;
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
        const governing = pods.flatMap(
          (pod) => governingOf(policies, labelsReadLast(act, pod, observer)) ?? [],
        );
        return governing.length > 0 && governing.every(({ spec }) => spec.paused || spec.dryRun);
      };
      const readings = observer.policyReadings(act);
      if (readings.length > 0 && readings.every(isPaused)) return "its policy is paused";
      const known = observer.policiesWhenSent(act);
      if (known.length > 0 && known.every(isPaused)) return "a watch had told that its policy is paused";
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
      if (act.kind === "other") return undefined;
      const same = observer.acts.filter((other) => other !== act && isSameAct(other, act, observer));
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
      if (pods.some((pod) => isListedFor(act, pod, policies, observer))) return undefined;
      const stranded = pods.filter(
        (pod) => !isKept(act, pod.metadata.name) && lacksApplied(act.image, pod, observer),
      );
      return stranded.length === 0
        ? undefined
        : `${act.image} lacks a plan that ${namesOf(stranded)} has applied`;
    },
  },
  {
    name: "seen-in-reach",
    words:
      "Nothing is done about a halt for an upgrade unless the node was told to be within reach of its height.",
    onAct: (act, observer) => {
      if (act.kind === "other") return undefined;
      const pods = act.kind === "delete-pod" ? [act.pod] : podsOf(act.before, observer);
      const halts = pods.flatMap(({ metadata }) => {
        const process = observer.truth.processOf(metadata.uid);
        const height = process?.halt?.height;
        return process === undefined || height === undefined ? [] : { validator: process.validator, height };
      });
      const isSeen = halts.some(({ validator, height }) =>
        observer.wasToldHeight(validator, height - REACH_BLOCKS, height),
      );
      return halts.length === 0 || isSeen ? undefined : `${namesOf(pods)} was never seen near its height`;
    },
  },
  {
    name: "asked-for-inferred",
    words: "Nothing is done about a halt that a node did not announce unless its policy says to act on such.",
    onAct: (act, observer) => {
      if (act.kind === "other") return undefined;
      const pods = act.kind === "delete-pod" ? [act.pod] : podsOf(act.before, observer);
      const { processes, validatorOf } = observer.truth;
      const isLegacy = pods.some(({ metadata }) => validatorOf(metadata.name).chain.isLegacy);
      // One that ended with the code of a halt, or lied of one on `/status`, can't be told from one that announces its halts.
      const isAnnounced = pods.some(({ metadata }) => {
        const own = validatorOf(metadata.name);
        return (
          own.hasLied ||
          processes.some(
            ({ validator, state }) =>
              validator === own && state.kind === "ended" && state.code === ShutdownReason.UpgradeRequired,
          )
        );
      });
      const policies = observer.policiesRead(act) ?? [];
      return !isLegacy || isAnnounced || policies.some(({ spec }) => spec.inferredHalts === "Act")
        ? undefined
        : `${namesOf(pods)} announced nothing`;
    },
  },
  ...BUDGET_INVARIANTS,
  ...PAGE_INVARIANTS,
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

/** Whether a person started a process in a pod of no workload: two of one validator are that person's doing then. */
function isByHand(process: NodeProcess, { truth }: Observer): boolean {
  const pod = truth.all<Pod>(PATHS.pods).find(({ metadata }) => truth.processOf(metadata.uid) === process);
  return pod !== undefined && controllerOf(pod) === undefined;
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

/** Whether a pod has the very image that is set, and its set replaces none by itself: nothing changes for it, also when it is made anew. */
function hasItAlready({ before, after, image }: SetImage, { spec }: Pod): boolean {
  const isOnDelete = ({ spec }: Workload) =>
    "updateStrategy" in spec && spec.updateStrategy.type === "OnDelete";
  const node = spec.containers.find(({ name }) => name === NODE);
  return node?.image === image && [before, after].every(isOnDelete);
}

function partitionOf({ spec }: Workload): number {
  if (!("updateStrategy" in spec) || spec.updateStrategy.type !== "RollingUpdate") return 0;
  return spec.updateStrategy.rollingUpdate?.partition ?? 0;
}

function haltIn(set: Stored, observer: Observer) {
  return podsOf(set, observer)
    .map((pod) => observer.truth.processOf(pod.metadata.uid)?.halt)
    .find((halt) => halt !== undefined);
}

/** Past the upgrade on the very image that is set: it was applied, or skipped and left behind, and nothing changes for it. */
function isPastOn(
  { image }: SetImage,
  { metadata }: Pod,
  halt: Halt | undefined,
  { truth }: Observer,
): boolean {
  const process = truth.processOf(metadata.uid);
  if (process === undefined || halt === undefined || process.image !== image) return false;
  const isAbove =
    process.state.kind === "running" && halt.height !== undefined && process.height > halt.height;
  return process.validator.applied.includes(halt.plan) || isAbove;
}

function isListedFor(act: SetImage, pod: Pod, policies: readonly HaltPolicy[], observer: Observer): boolean {
  const { truth } = observer;
  const process = truth.processOf(pod.metadata.uid);
  // A pod that was made as the image was on its way, and has not started yet, stands for the one before.
  const present = process && (process.halt ?? announcedHalt(act, process, observer));
  const halt = present ?? lastHaltOf(pod, truth);
  if (halt?.reason !== ShutdownReason.UpgradeRequired) return false;
  // What a node does unread, moving to another chain for one, is nobody's fault.
  const validator = truth.validatorOf(pod.metadata.name);
  const chainId = observer.toldLast(act, validator)?.chainId ?? validator.chain.id;
  return policies.some(
    ({ spec }) =>
      spec.chainId === chainId &&
      spec.upgrades.some(
        (upgrade) =>
          upgrade.image === act.image && upgrade.planName === halt.plan && upgrade.height === halt.height,
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
    (process) => process.validator === validator && isSameRelease(process.image, image) && process.hasRun,
  );
}

function lacksApplied(image: string, { metadata }: Pod, { truth }: Observer): boolean {
  const validator = truth.validatorOf(metadata.name);
  const release = releaseOf(image) ?? -1;
  return validator.chain.plans.some(
    ({ name, height }, index) =>
      validator.applied.includes(name) &&
      index > release &&
      !truth.processes.some(
        // A binary that was put in the place of the image's: nobody outside can tell.
        (process) =>
          process.validator === validator && isSameRelease(process.image, image) && process.reached > height,
      ),
  );
}

function labelsReadLast(act: Change, pod: Pod, observer: Observer): Readonly<Record<string, string>> {
  return (observer.podRead(act, pod)?.object ?? pod).metadata.labels ?? {};
}

function isAborted(halt: NodeHalt | undefined): boolean {
  return halt?.metadata.annotations?.["upgrade-halt.dev/abort"] === "true";
}

/**
 * Whether `act` repeats one of before: the same change with no person's doing between, and no block that the node made since. A
 * partition that moves on sets no image again.
 */
function isSameAct(before: Act, act: Change, observer: Observer): boolean {
  if (before.kind === "delete-pod" && act.kind === "delete-pod") {
    const { name } = act.pod.metadata;
    if (before.pod.metadata.uid === act.pod.metadata.uid) return true;
    const isSame = before.pod.metadata.name === name && imageOfPod(before.pod) === imageOfPod(act.pod);
    return isSame && !observer.wasForgotten(name, before.at) && !madeBlocks(name, before.at, observer);
  }
  if (before.kind !== "set-image" || act.kind !== "set-image") return false;
  const isSame = before.before.metadata.uid === act.before.metadata.uid && before.image === act.image;
  if (!isSame || imageIn(act.before) === act.image) return false;
  return podsOf(act.before, observer).every(
    ({ metadata: { name } }) =>
      !observer.wasForgotten(name, before.at) && !madeBlocks(name, before.at, observer),
  );
}

function imageOfPod({ spec }: Pod): string | undefined {
  return spec.containers[0]?.image;
}

/** Whether the validator of a pod made blocks in a process that began after `at`. */
function madeBlocks(podName: string, at: number, { truth }: Observer): boolean {
  const validator = truth.validatorOf(podName);
  return truth.processes.some(
    (process) => process.validator === validator && process.startedAt >= at && process.hasMadeBlocks,
  );
}

function isHalted({ metadata }: Pod, { truth }: Observer): boolean {
  return truth.processOf(metadata.uid)?.halt !== undefined;
}

/** Whether another pod that was not seen to end mounts the same claim, or writes the same folder of the same machine. */
function sharesData(own: Pod, other: Pod): boolean {
  if (own.metadata.uid === other.metadata.uid || own.metadata.namespace !== other.metadata.namespace)
    return false;
  if (hasEnded(other)) return false;
  const { nodeName } = own.spec;
  const mayMeet = other.spec.nodeName === undefined || other.spec.nodeName === nodeName;
  const data = dataOf(own);
  return dataOf(other).some((one) => data.includes(one) && (one.startsWith("claim ") || mayMeet));
}

/** Seen to end for good, with all of its containers. */
function hasEnded({ status }: Pod): boolean {
  const { phase, containerStatuses = [], initContainerStatuses = [] } = status;
  const isOver = phase === "Succeeded" || phase === "Failed";
  const isEach = containerStatuses.length > 0 && containerStatuses.every(({ state }) => state.terminated);
  return isOver && isEach && initContainerStatuses.every(({ state }) => !state.running);
}

function dataOf({ spec }: Pod): readonly string[] {
  const written = spec.containers.flatMap(({ volumeMounts = [] }) =>
    volumeMounts.flatMap(({ name, readOnly }) => (readOnly ? [] : name)),
  );
  return (spec.volumes ?? []).flatMap((volume): readonly string[] => {
    const { name, persistentVolumeClaim, hostPath } = volume as unknown as Volume;
    if (persistentVolumeClaim !== undefined) return [`claim ${persistentVolumeClaim.claimName}`];
    if (hostPath === undefined || hostPath.type === "Socket" || !written.includes(name)) return [];
    return [`folder ${hostPath.path.split("/").filter(Boolean).join("/")}`];
  });
}

interface Volume {
  readonly name: string;
  readonly persistentVolumeClaim?: { readonly claimName: string };
  readonly hostPath?: { readonly path: string; readonly type?: string };
}

function namesOf(objects: readonly Stored[]): string {
  return objects.map(({ metadata }) => metadata.name).join(", ");
}
