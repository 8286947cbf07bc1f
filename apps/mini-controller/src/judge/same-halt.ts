import type { Verdict } from "@upgrade-halt/consumer";
import {
  CONDITION_RESOLVED,
  deploymentUIDOf,
  isAborted,
  type NodeHalt,
  type NodeHaltSpec,
} from "../api/node-halt.ts";
import { containerOf } from "../model/pod.ts";
import { haltsOfNode, podKeyOf, type Stores } from "../model/stores.ts";
import type { JudgedNode } from "./judged-node.ts";
import { reasonOf } from "./judgement.ts";
import { planNameOf, recordedHeightOf } from "./recorded-facts.ts";
import { UNREAD } from "./unread-halt.ts";

/**
 * Whether the pod shows the halt that is on record: it is the pod that was seen, with the image that it had, and shows no
 * other halt; or one that halted for the same reason, plan and height on the same chain, and was made anew from the same image, or
 * given another in place. A StatefulSet deletes a pod whose phase is Failed, which is
 * what a container that may not be restarted comes to (`getPhase` in Kubernetes 1.35), and makes it again: that is
 * the same halt, to be journaled and paged once. Of a halt that nobody wrote down what its pod showed of, no chain is known: it is of
 * the one that shows it.
 */
export function isSameHalt(halt: NodeHalt, node: JudgedNode): boolean {
  const { spec, status } = halt;
  const { pod, verdict } = node;
  const isSamePod = pod.metadata.uid === spec.podUID;
  const isSameImage = containerOf(pod, spec.container)?.image === spec.image;
  if (isSamePod && isSameImage) return !isOtherHalt(spec, verdict);
  return (
    pod.metadata.name === spec.podName &&
    (isSamePod || isSameImage) &&
    reasonOf(verdict) === spec.reason &&
    planNameOf(verdict) === spec.planName &&
    !isOtherHalt(spec, verdict) &&
    (status?.seen === undefined || otherChainOf(halt, node) === undefined)
  );
}

/** The chain that the pod told last, where it is another than the one that the halted node was seen on and than the policy's. */
export function otherChainOf({ status }: NodeHalt, { live, policy }: JudgedNode): string | undefined {
  const told = live?.chainId;
  const own = [status?.seen?.chainId, policy?.spec.chainId].filter((chain) => chain !== undefined);
  return told === undefined || own.length === 0 || own.includes(told) ? undefined : told;
}

/** Whether two of what is not always known are known, and another. */
export function differs<T>(one: T | undefined, other: T | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

/** Whether a verdict is a halt that is not the recorded one: for another reason, plan or height. */
export function isOtherHalt(spec: NodeHaltSpec, verdict: Verdict): boolean {
  const reason = reasonOf(verdict);
  if (reason === undefined) return false;
  return (
    reason !== spec.reason ||
    differs(planNameOf(verdict), spec.planName) ||
    differs(recordedHeightOf(verdict), spec.height)
  );
}

/**
 * Whether two journals are of one halt of one node, be it told anew after a restart or after its pod was made again: what a
 * person said about the one holds for the other.
 */
function isOneHalt(a: NodeHaltSpec, b: NodeHaltSpec): boolean {
  if (!isOneNode(a, b)) return false;
  if (a.planName === undefined || b.planName === undefined)
    return a.reason === b.reason && a.podUID === b.podUID;
  return isHaltLike(a, b);
}

/**
 * Whether what a person aborted is this halt: the same one, or one that still stands of the same node and reason, of which plan or
 * height was not known; or what is known by now of a run of which nobody knew whether it halted.
 */
export function isAbortedHalt(halt: NodeHalt, spec: NodeHaltSpec): boolean {
  if (!isAborted(halt)) return false;
  const { reason, podUID, restartCount } = halt.spec;
  const wasUnread = reason === UNREAD && podUID === spec.podUID && restartCount === spec.restartCount;
  if (wasUnread || isOneHalt(halt.spec, spec)) return true;
  const isUnnamed = halt.spec.planName === undefined || spec.planName === undefined;
  return isOpen(halt) && isUnnamed && isOneNode(halt.spec, spec) && reason === spec.reason;
}

/** Whether two records name the same reason, plan and height, as far as both do. */
export function isHaltLike(a: NodeHaltSpec, b: NodeHaltSpec): boolean {
  return a.reason === b.reason && a.planName === b.planName && !differs(a.height, b.height);
}

/** The journals of this very halt that pods of the same Deployment and image have which are gone. */
export function haltsOfPodsBefore(
  { metadata, spec }: Pick<NodeHalt, "metadata" | "spec">,
  { halts, pods }: Pick<Stores, "halts" | "pods">,
): readonly NodeHalt[] {
  return haltsOfNode(podKeyOf({ metadata, spec }), spec, halts).filter(
    (halt) =>
      halt.spec.podName !== spec.podName &&
      pods.get(podKeyOf(halt)) === undefined &&
      halt.spec.image === spec.image &&
      isHaltLike(halt.spec, spec),
  );
}

/** A Deployment names its pods anew, so its pods are one node. */
export function isOneNode(a: NodeHaltSpec, b: NodeHaltSpec): boolean {
  const deployment = deploymentUIDOf(a);
  return a.podName === b.podName || (deployment !== undefined && deployment === deploymentUIDOf(b));
}

/** Whether a journal still stands for its node's trouble: a halt that comes after it was over is another one. */
export function isOpen({ status }: NodeHalt): boolean {
  if (status?.phase === "Recovered" || status?.phase === "Withdrawn") return false;
  return !status?.conditions?.some(
    (condition) => condition.type === CONDITION_RESOLVED && condition.status === "True",
  );
}
