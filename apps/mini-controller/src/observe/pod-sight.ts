import { reasonToken, ShutdownReason } from "@upgrade-halt/contract";
import { cut } from "../api/cut.ts";
import { hasStandingPage, type NodeHalt, type Seen } from "../api/node-halt.ts";
import { timestamp } from "../journal/journal-entry.ts";
import { type JudgedNode, verdictAfter } from "../judge/judged-node.ts";
import { disputeOf, isInferred, isInferredVerdict, reasonOf } from "../judge/judgement.ts";
import { planNameOf, recordedChain, recordedHeightOf } from "../judge/recorded-facts.ts";
import { isOpen, isSameHalt, otherChainOf } from "../judge/same-halt.ts";
import { UNREAD } from "../judge/unread-halt.ts";
import { controllerRefOf } from "../kube/owner-reference.ts";
import { type LiveStatus, makesBlocks } from "../model/live-status.ts";
import { containerOf, containerStatusOf, isTakenAtOnce } from "../model/pod.ts";
import { firstRunSeen } from "./first-run.ts";
import type { PodSight } from "./observation.ts";

/**
 * Where the pod stands, seen from a halt. `journals` are those of the pod's name; `beside` is another pod, which may be who answers at
 * its address.
 */
export function podSightOf(
  halt: NodeHalt,
  node: JudgedNode,
  now: number,
  journals: readonly NodeHalt[] = [],
  beside?: string,
): PodSight {
  const { spec } = halt;
  const { pod, live, verdict } = node;
  const { uid = "", resourceVersion, deletionTimestamp } = pod.metadata;
  const image = containerOf(pod, spec.container)?.image ?? "";
  const terminating = deletionTimestamp !== undefined;
  const origin = {
    controller: controllerRefOf(pod)?.uid,
    revision: pod.metadata.labels?.["controller-revision-hash"],
  };
  const sight = { uid, resourceVersion, image, terminating, isTakenAtOnce: isTakenAtOnce(pod), ...origin };
  if (!isSameHalt(halt, node)) {
    if (beside !== undefined) return { kind: "successor", ...sight, verdict, beside };
    const { height, firstHeight } = live ?? {};
    const seenForMs = live === undefined || firstHeight === undefined ? undefined : now - live.firstHeightAt;
    const otherChain = otherChainOf(halt, node);
    const toldBy = otherChain === undefined ? undefined : tellingHaltOf(node, halt, journals)?.metadata.name;
    return { kind: "successor", ...sight, verdict, otherChain, toldBy, height, firstHeight, seenForMs };
  }
  const isVeryPod = image === spec.image && uid === spec.podUID;
  const healthy = isVeryPod && beside === undefined ? healthyHeight(halt, node) : undefined;
  if (healthy !== undefined) return { kind: "healthy", ...sight, height: healthy };
  return { kind: "halted", ...sight, shown: showsHalt(halt, node) };
}

/** Another journal by whose page a person is told of this pod's halt: of this very pod, or of one before it that halted the same way. */
function tellingHaltOf(
  node: JudgedNode,
  halt: NodeHalt,
  journals: readonly NodeHalt[],
): NodeHalt | undefined {
  return journals.find(
    (other) =>
      other.metadata.name !== halt.metadata.name &&
      (other.spec.podUID === node.pod.metadata.uid || isSameHalt(other, node)) &&
      isOpen(other) &&
      hasStandingPage(other),
  );
}

/**
 * The height at which the very pod that halted runs again, without having been touched: its present run answers on
 * `/status`, announces nothing, and is not standing at the halt. Past the plan's height, clearly below it, or moving.
 */
function healthyHeight(halt: NodeHalt, node: JudgedNode): number | undefined {
  const { spec, status } = halt;
  const { pod, live } = node;
  const { state, restartCount = 0 } = containerStatusOf(pod, spec.container) ?? {};
  if (state?.running === undefined || live?.sighting?.kind !== "answered" || live.run !== restartCount)
    return undefined;
  if (otherChainOf(halt, node) !== undefined) return undefined;
  const { haltIntent, height } = live.sighting.node;
  const isMaking = makesBlocks(live.runHeight, height);
  if (
    height === undefined ||
    height < 1 ||
    (haltIntent.kind !== "absent" && !(isMaking && haltIntent.kind === "unavailable"))
  )
    return undefined;
  // Of a node that nobody knows to have halted only another height tells that it did not.
  if (spec.reason === UNREAD) return height === status?.seen?.height ? undefined : height;
  const halted = spec.reason === reasonToken(ShutdownReason.UpgradeRequired) ? spec.height : undefined;
  const isElsewhere = halted !== undefined && (height > halted || height < halted - 1);
  return isElsewhere || hasMovedOn(halt, live) ? height : undefined;
}

/**
 * Whether the present run made blocks that the halted node could not. A node that announces nothing answers while it
 * stands at its halt, and the run that halted did move before: only blocks above those that it was seen at tell. Where it was seen at
 * none, as one that halts while it starts, those of a later run do.
 */
function hasMovedOn({ spec, status }: NodeHalt, { run, runHeight, height }: LiveStatus): boolean {
  const isMaking = makesBlocks(runHeight, height);
  if (!isMaking || !isInferred(status?.seen?.sources ?? spec.sources)) return isMaking;
  const halted = status?.seen?.height ?? spec.height;
  if (halted !== undefined) return makesBlocks(halted, height);
  const { restartCount } = spec;
  return run !== undefined && restartCount !== undefined && run > restartCount;
}

/**
 * Whether the pod shows the halt at this moment, so that something may be done to it. A process that runs shows it only
 * by announcing it itself, or by standing still with a halt line in its own log. One that has ended shows it by how it
 * ended, and keeps it while it ends otherwise as it restarts, unless it was only inferred: then each run has to show it anew.
 */
function showsHalt(halt: NodeHalt, node: JudgedNode): boolean {
  const { pod, policy, live } = node;
  if (policy === undefined) return false;
  const { state, lastState, restartCount = 0 } = containerStatusOf(pod, halt.spec.container) ?? {};
  const isRunning = state?.running !== undefined;
  const { spec, status } = halt;
  const seen = isRunning || isInferred(status?.seen?.sources ?? []) ? undefined : status?.seen;
  const verdict = verdictAfter(node, seen && { spec, seen });
  if (reasonOf(verdict) !== halt.spec.reason || planNameOf(verdict) !== halt.spec.planName) return false;
  if (!isRunning) return (state?.terminated ?? lastState?.terminated) !== undefined;
  if (isInferredVerdict(verdict)) return true;
  return verdict.kind === "halted" && verdict.sources.includes("live-intent") && live?.run === restartCount;
}

/**
 * What the pod itself tells of the halt that `halt` records: `undefined` unless name, container, image, reason, plan and
 * height are the recorded ones, as far as those were recorded at all. Whoever may create a NodeHalt may write anything into its spec.
 */
export function seenOf(halt: NodeHalt, node: JudgedNode, now: number): Seen | undefined {
  const { spec } = halt;
  const { pod, policy, live, verdict } = node;
  if (policy === undefined || policy.spec.container !== spec.container) return undefined;
  const { name, uid } = pod.metadata;
  if (name !== spec.podName && uid !== spec.podUID) return undefined;
  if (containerOf(pod, spec.container)?.image !== spec.image) return undefined;
  // What the API server took of a record that it refused names neither.
  const isBare = spec.sources.length === 0;
  const isTold = <T>(recorded: T | undefined, told: T | undefined) =>
    recorded === told || (isBare && recorded === undefined);
  if (reasonOf(verdict) !== spec.reason || !isTold(spec.planName, planNameOf(verdict))) return undefined;
  const halted = verdict.kind === "halted" ? verdict : undefined;
  if (!isTold(spec.height, recordedHeightOf(verdict))) return undefined;
  const chainId = recordedChain(live?.chainId);
  // A halt is recorded with the height that it was judged by: what an earlier run told may say nothing of this one.
  const height = halted === undefined ? live?.height : halted.seen?.height;
  const disputed = halted && disputeOf(halted);
  return {
    at: timestamp(now),
    sources: [...(halted?.sources ?? [])],
    ...(disputed === undefined ? {} : { disputed: cut(disputed, 1024) }),
    ...(chainId === undefined ? {} : { chainId }),
    ...(height === undefined || height < 1 ? {} : { height }),
    ...firstRunSeen(spec, node, now),
  };
}
