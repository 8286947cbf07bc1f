import { reasonToken, ShutdownReason } from "@upgrade-halt/contract";
import { RPC_PORT } from "../cluster/cluster.ts";
import type { Halt, NodeProcess } from "../cluster/node.ts";
import type { Told } from "../episode/pager.ts";
import { governingOf, NODE } from "../server/governing.ts";
import { controllerOf, type HaltPolicy, type NodeHalt, PATHS, type Pod } from "../server/objects.ts";
import type { Invariant } from "./invariant.ts";
import type { Observer } from "./observer.ts";

/** Of a NodeHalt that nobody saw come true. */
const REFUSED = "JournalRefused";
const UNSEEN = "HaltNotSeen";
/** Of a halt for which no name of a journal is left. */
const TAKEN = "JournalTaken";
/** Reasons under which a NodeHalt stands for no halt. */
const UNBELIEVED: ReadonlySet<string> = new Set([UNSEEN, "NotTheJournal", "PolicyMissing"]);
const UPGRADE_REQUIRED = reasonToken(ShutdownReason.UpgradeRequired);
/** Why nobody is paged: a person said so. */
const WANTED: ReadonlySet<string> = new Set(["Paused", "Aborted", "ErrorBudgetSpent"]);
/** What waits for others is told after a minute of it; a page takes its time as well. */
const WAITS_MS = 120_000;
/** A page about a node that runs again is over after this time at the latest. */
const SETTLED_MS = 600_000;

/** What must have become of every halt: that somebody knows of it, and that nobody is told twice or for nothing. */
export const PAGE_INVARIANTS: readonly Invariant[] = [
  {
    name: "cared-for",
    words:
      "Every halt that stands has a journal of its own: for its reason, its plan and its height; or a person knows that its names are taken.",
    atEnd: (observer) => {
      const lost = haltedPods(observer).filter(
        (halted) => journalsOf(halted, observer).length === 0 && !isToldOfTakenNames(halted, observer),
      );
      return lost.length === 0 ? undefined : `${namesOf(lost)} halted, and no journal says so`;
    },
  },
  {
    name: "told-of",
    words: "Of every halt that stands somebody was paged, or is held as a person wanted it.",
    atEnd: (observer) => {
      const paged = new Set(standingPages(observer).map(({ nodeHalt }) => nodeHalt));
      const isKnown = ({ metadata, status = {} }: NodeHalt) =>
        paged.has(metadata.name) ||
        WANTED.has(String(status.reason)) ||
        (status.action === "Hold" && status.reason === "ChosenByPolicy");
      const silent = haltedPods(observer).filter(
        (halted) =>
          !isSilenced(halted.policy) &&
          !isToldOfTakenNames(halted, observer) &&
          !journalsOf(halted, observer).some(
            (journal) =>
              isKnown(journal) || isStopped(journal, halted.policy) || observer.ageOf(journal) < WAITS_MS,
          ),
      );
      const [first] = silent;
      if (first === undefined) return undefined;
      const reasons = journalsOf(first, observer).map(({ status }) => `${status?.phase} ${status?.reason}`);
      return `${namesOf(silent)} halted (${reasons.join(", ")}), and nobody was told`;
    },
  },
  {
    name: "truly-sent",
    words: "A page that its journal calls sent has arrived.",
    atEnd: ({ truth }) => {
      const received = new Set(truth.told.map(({ key }) => key));
      const untold = truth
        .all<NodeHalt>(PATHS.halts)
        .find(({ status }) => status?.page?.state === "Sent" && !received.has(status.page.key));
      return untold === undefined ? undefined : `nobody got the page of ${untold.metadata.name}`;
    },
  },
  {
    name: "allowed-host",
    words: "Nothing is sent to a host that whoever runs the controller does not allow.",
    atEnd: ({ truth }) => {
      const stray = truth.told.find(({ origin }) => !mayBePaged(origin));
      return stray === undefined ? undefined : `${stray.origin} was told of ${stray.nodeHalt}`;
    },
  },
  {
    name: "one-page",
    words: "One open page for each halt, and none about a node that runs again.",
    atEnd: (observer) => {
      const open = openPages(observer);
      const stale = open.find(
        (told) => told.reason !== UNSEEN && isHealthy(told.pod, observer) && !isAheadOf(told, observer),
      );
      if (stale !== undefined) return `the page ${stale.key} stands, and its node runs`;
      const haltOf = (told: Told) => haltIn(told, observer);
      const second = open.find((one) =>
        open.some(
          (other) => other.key < one.key && haltOf(one) !== undefined && haltOf(other) === haltOf(one),
        ),
      );
      return second === undefined ? undefined : `the page ${second.key} is the second about one halt`;
    },
  },
  {
    name: "its-own-time",
    words: "A swap fails for want of time only after the time that it has.",
    onAct: (act, observer) => {
      if (act.kind !== "other" || act.commit.collection !== PATHS.halts) return undefined;
      const halt = act.commit.after as NodeHalt | undefined;
      if (halt?.status?.phase !== "Failed" || halt.status.reason !== "RecoveryTimedOut") return undefined;
      const began = observer.beganAt(halt) ?? act.at;
      const time = timeOf(halt);
      return act.at - began >= time - SLACK_MS
        ? undefined
        : `${halt.metadata.name} had ${act.at - began} ms of ${time}`;
    },
  },
];

/** From the decision to begin a swap to its journal. */
const SLACK_MS = 5_000;

/** How long a swap may take, as its journal says: both times are of one clock. */
function timeOf({ status }: NodeHalt): number {
  const { steps = [], recoverBy = "" } = (status ?? {}) as {
    readonly steps?: readonly { readonly phase: string; readonly at: string }[];
    readonly recoverBy?: string;
  };
  return Date.parse(recoverBy) - Date.parse(steps.find(({ phase }) => phase === "Swapping")?.at ?? "");
}

interface HaltedPod {
  readonly pod: Pod;
  readonly halt: Halt;
  readonly policy: HaltPolicy;
}

/** Pods that a policy governs, and whose nodes stand halted so that somebody could see it. */
function haltedPods(observer: Observer): readonly HaltedPod[] {
  return observer.truth.all<Pod>(PATHS.pods).flatMap((pod): HaltedPod[] => {
    const process = observer.truth.processOf(pod.metadata.uid);
    const policy = policyOf(pod, observer);
    if (process?.halt === undefined || policy === undefined) return [];
    if (process.isAlive && (isOutOfSight(pod, policy) || isAskedElsewhere(pod, policy))) return [];
    return isToBeSeen(process, process.halt, policy) ? [{ pod, halt: process.halt, policy }] : [];
  });
}

/**
 * A halt that was not announced is looked for where a node stands still at a height that is listed for its chain, unless the policy
 * does not want to know. One that ended may be a crash for all that its height tells, and a log that quotes halt lines tells nothing.
 */
function isToBeSeen({ validator, isAlive }: NodeProcess, { plan, height }: Halt, { spec }: HaltPolicy) {
  const { noise, movedTo, chain, serves, chatter } = validator;
  // What stands still and answers with no status can't be told from anything else.
  if (isAlive && (serves === "error" || serves === "web-page")) return false;
  if (!chain.isLegacy) return true;
  const isListed = spec.upgrades.some((upgrade) => upgrade.planName === plan && upgrade.height === height);
  const isClear = noise === "" && spec.chainId === (movedTo ?? chain.id);
  return isAlive && isListed && isClear && chatter === undefined && spec.inferredHalts !== "Ignore";
}

/** A node that names no port for its RPC can't be asked how it is. Its policy says that it is not ready for it. */
function isOutOfSight({ spec }: Pod, { spec: { rpcPort = "rpc" }, status }: HaltPolicy): boolean {
  const node = spec.containers.find(({ name }) => name === NODE);
  const conditions = (status?.conditions ?? []) as readonly {
    readonly type: string;
    readonly status: string;
  }[];
  return (
    !node?.ports?.some(({ name }) => name === rpcPort) &&
    conditions.some((condition) => condition.type === "Ready" && condition.status === "False")
  );
}

/** A node whose pod names another port than the one that it serves at: something else answers there, or nobody, and no fault ends that. */
function isAskedElsewhere({ spec }: Pod, { spec: { rpcPort = "rpc" } }: HaltPolicy): boolean {
  const node = spec.containers.find(({ name }) => name === NODE);
  const named = node?.ports?.find(({ name }) => name === rpcPort);
  return named !== undefined && named.containerPort !== RPC_PORT;
}

/** The policy that governs a pod's node: one that watches another container than the pod has, or than its node, has no eye on it. */
function policyOf({ metadata, spec }: Pod, { truth }: Observer): HaltPolicy | undefined {
  const policy = governingOf(truth.all<HaltPolicy>(PATHS.policies), metadata.labels ?? {});
  const isThere = spec.containers.some(({ name }) => name === NODE);
  return isThere && policy?.spec.container === NODE ? policy : undefined;
}

/** A policy that only tries out, or that names nobody who may be paged. */
function isSilenced({ spec: { dryRun, paging } }: HaltPolicy): boolean {
  return dryRun === true || !hasReceiver(paging);
}

function hasReceiver(paging: unknown): boolean {
  const targets = paging as readonly { readonly webhook: { readonly url: string } }[];
  return targets.some(({ webhook }) => mayBePaged(new URL(webhook.url).origin));
}

/** The policy that governs a pod's node, if it has a receiver to whom it can be told that a page is over. */
function tellingPolicyOf(pod: Pod, observer: Observer): HaltPolicy | undefined {
  const policy = policyOf(pod, observer);
  return hasReceiver(policy?.spec.paging ?? []) ? policy : undefined;
}

/** What whoever runs the controller allows: `--paging-hosts *.example`. */
function mayBePaged(origin: string): boolean {
  return /^https:\/\/[a-z]+\.example$/.test(origin);
}

/** Whether somebody was told that the halt can't be recorded, as its names are taken: by a page, or by the condition of a policy that pages nobody. */
function isToldOfTakenNames({ pod, policy }: HaltedPod, observer: Observer): boolean {
  if (!isSilenced(policy))
    return standingPages(observer).some((told) => told.reason === TAKEN && told.pod === pod.metadata.name);
  const conditions = (policy.status?.conditions ?? []) as readonly { readonly reason: string }[];
  return conditions.some(({ reason }) => reason === TAKEN);
}

/** A swap that a person has stopped on its way: its time stands still, and what has become of it is told once they let it go on. */
function isStopped({ status }: NodeHalt, { spec }: HaltPolicy): boolean {
  return spec.paused === true && ["Swapping", "Recreating", "Recovering"].includes(String(status?.phase));
}

/** Journals that stand for this very halt: not over, and held for a reason that holds. */
function journalsOf({ pod, halt }: HaltedPod, { truth }: Observer): readonly NodeHalt[] {
  // Of text that quotes halt lines, or of a node that lies, nobody can tell what is so.
  const { noise, hasLied } = truth.validatorOf(pod.metadata.name);
  const isUnclear = noise !== "" || hasLied;
  return truth.all<NodeHalt>(PATHS.halts).filter((journal) => {
    const { spec, status } = journal;
    const isItsOwn = spec.podName === pod.metadata.name || isOfPodBefore(journal, pod, truth);
    const holds = status?.reason !== undefined && !UNBELIEVED.has(status.reason);
    const isOver = status?.phase === "Recovered" || status?.phase === "Withdrawn";
    // Where the log could not be read far enough, nobody can say more than that.
    const isUntold = status?.reason === "LogNotRead";
    return isItsOwn && holds && !isOver && (isUntold || isOf(spec, halt, isUnclear));
  });
}

/**
 * Whether a journal is a person's already and of a pod that is gone, which the same Deployment had made from the same image, or from the
 * one before the image that this journal's swap has set: its page stands for the pod that came after it as well, and a halt of each pod
 * made anew would be one more page.
 */
function isOfPodBefore({ spec, status }: NodeHalt, pod: Pod, { all }: Observer["truth"]): boolean {
  const isHeldAndTold = status?.phase === "Held" && status.page !== undefined;
  const isPersons = status?.phase === "Paged" || status?.phase === "Failed" || isHeldAndTold;
  const isResolved = status?.conditions?.some(({ type, status: is }) => type === "Resolved" && is === "True");
  const isThere = all<Pod>(PATHS.pods).some(({ metadata }) => metadata.name === spec.podName);
  const owner = controllerOf(pod);
  // Somebody may have removed the ReplicaSet itself; its name stays with the pod.
  const deployment = all(PATHS.deployments).find(({ metadata }) => metadata.uid === spec.workload?.uid);
  const image = pod.spec.containers.find(({ name }) => name === NODE)?.image;
  return (
    isPersons &&
    isResolved !== true &&
    !isThere &&
    deployment !== undefined &&
    owner?.kind === "ReplicaSet" &&
    owner.name.startsWith(`${deployment.metadata.name}-`) &&
    image !== undefined &&
    (image === spec.image || image === status?.toImage)
  );
}

function isOf({ reason, planName, height }: NodeHalt["spec"], halt: Halt, isUnclear: boolean): boolean {
  if (isUnclear) return reason === reasonToken(halt.reason);
  const differs = (one: unknown, other: unknown) => one !== undefined && other !== undefined && one !== other;
  return (
    reason === reasonToken(halt.reason) && !differs(planName, halt.plan) && !differs(height, halt.height)
  );
}

/**
 * The pod and the halt that a page is about, if that pod is still there, or one of its name and image: a pod that is made anew as it
 * was comes to the same halt. With its policy went those who could be told that a page is over.
 */
function haltIn({ nodeHalt }: Told, observer: Observer): string | undefined {
  const { truth } = observer;
  const spec = truth.all<NodeHalt>(PATHS.halts).find(({ metadata }) => metadata.name === nodeHalt)?.spec;
  // A record that the API server took in part alone tells not even the plan.
  if (spec === undefined || spec.sources?.length === 0) return undefined;
  const isThere = truth
    .all<Pod>(PATHS.pods)
    .some(
      (pod) =>
        tellingPolicyOf(pod, observer) !== undefined &&
        (pod.metadata.uid === spec.podUID ||
          (pod.metadata.name === spec.podName && pod.spec.containers[0]?.image === spec.image)),
    );
  return isThere ? [spec.podName, spec.reason, spec.planName, spec.height].join(" ") : undefined;
}

/** What receivers were told last of each page, where that is that it stands. */
function standingPages({ truth }: Observer): readonly Told[] {
  const last = new Map(truth.told.map((told) => [told.key, told]));
  return [...last.values()].filter(({ state }) => state === "firing");
}

/**
 * Pages that stand. Not those about a NodeHalt that somebody else wrote: they are about the writer, and stand for as long as it
 * is there. Nor those about one that a person has deleted: with it goes what would have told that they are over. Nor those of a journal
 * that was refused and that a controller told of which has ended since: it alone knew of them.
 */
function openPages(observer: Observer): readonly Told[] {
  return standingPages(observer).filter(
    ({ nodeHalt, at, reason, sender }) =>
      observer.isOwnHalt(nodeHalt, at) && (reason !== REFUSED || sender.isAlive),
  );
}

/**
 * Up for long enough, not halted, and on the chain that its policy is for, or that it began on if that names none: what answers on
 * another one is not believed.
 */
function isHealthy(podName: string, observer: Observer): boolean {
  const { truth } = observer;
  const pod = truth.all<Pod>(PATHS.pods).find(({ metadata }) => metadata.name === podName);
  const process = pod && truth.processOf(pod.metadata.uid);
  const policy = pod && tellingPolicyOf(pod, observer);
  if (pod === undefined || process === undefined || policy === undefined) return false;
  if (isOutOfSight(pod, policy)) return false;
  const { movedTo, chain } = process.validator;
  if ((policy.spec.chainId ?? chain.id) !== (movedTo ?? chain.id)) return false;
  return process.state.kind === "running" && truth.now() - process.state.since > SETTLED_MS;
}

/**
 * Whether the height at which a page's node halted is still to come: a pod was made anew in its place whose data was lost, and which
 * comes to the same halt. On the image of the halt, as another one may be past it without ever coming to its height.
 */
function isAheadOf({ nodeHalt, pod: podName }: Told, { truth }: Observer): boolean {
  const spec = truth.all<NodeHalt>(PATHS.halts).find(({ metadata }) => metadata.name === nodeHalt)?.spec;
  const pod = truth.all<Pod>(PATHS.pods).find(({ metadata }) => metadata.name === podName);
  const process = pod && truth.processOf(pod.metadata.uid);
  if (spec?.height === undefined || pod === undefined || process === undefined) return false;
  const isMadeAnew = pod.metadata.uid !== spec.podUID && process.image === spec.image;
  return isMadeAnew && spec.reason === UPGRADE_REQUIRED && process.height < spec.height - 1;
}

function namesOf(halted: readonly HaltedPod[]): string {
  return halted.map(({ pod }) => pod.metadata.name).join(", ");
}
