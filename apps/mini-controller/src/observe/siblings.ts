import { quotedName, REACH_BLOCKS, type Verdict } from "@upgrade-halt/consumer";
import { reasonToken, ShutdownReason } from "@upgrade-halt/contract";
import type { NodeHaltSpec } from "../api/node-halt.ts";
import { reasonOf } from "../judge/judgement.ts";
import { planNameOf } from "../judge/recorded-facts.ts";
import { isUnreadHalt } from "../judge/unread-halt.ts";
import { isNear } from "../model/height-reach.ts";
import { containerOf, containerStatusOf, isReady, isTakenAtOnce, mayRun, type Pod } from "../model/pod.ts";
import type { PodGroup } from "../model/pod-group.ts";
import type { Twin } from "../model/same-validator.ts";

/** Where another pod of the same template stands, seen from a halt. */
export type SiblingState =
  /** It halted for the same reason and plan, at the same height near which it was seen, and two sources agree on that. */
  | { readonly kind: "halted" }
  /** It runs, and was seen above the halt's height. */
  | { readonly kind: "past"; readonly height: number }
  /** Anything else, unknown states included: `found` says what was seen. */
  | { readonly kind: "not-halted"; readonly found: string };

/** Another pod that is made from the same template, or the place of one that is missing. */
export interface Sibling {
  readonly name: string;
  readonly group: PodGroup;
  /** Place among the ordinals of its group; `undefined` for a pod that has none there. */
  readonly index: number | undefined;
  readonly state: SiblingState;
  readonly uid: string | undefined;
  readonly image: string | undefined;
  /** Revision of the template that it was made from, by its label. */
  readonly revision: string | undefined;
  /** It is there to stay, and its kubelet says that it is ready. */
  readonly isReady: boolean;
  /** It has no grace period of its own. */
  readonly isTakenAtOnce: boolean;
  /** Other pods that may run as the same validator as this one. */
  readonly twins: readonly Twin[];
  /** By digest, the image that it was seen to make blocks on last. */
  readonly ranBefore?: string | undefined;
}

/** What is known of a sibling's node: the verdict about it, and the newest height on its `/status`. */
export interface SiblingJudgement {
  readonly verdict: Verdict;
  readonly height: number | undefined;
  /** The policy allows to act on a halt that the node did not announce. */
  readonly mayInfer?: boolean;
  readonly twins: readonly Twin[];
  readonly ranBefore?: string | undefined;
  /** Why the pod itself may not be acted on, whatever it shows: another policy governs it, or a person aborted its halt. */
  readonly heldBack?: string | undefined;
}

/**
 * Every other pod of the groups: the pods that each controls, by UID, and for each of its ordinals that has none, or for all that
 * have names of their own, a place that is missing. `self` is the name of the pod that halted.
 */
export function siblingsOf(
  halt: NodeHaltSpec,
  groups: readonly PodGroup[],
  podsOf: (controllerUID: string) => readonly Pod[],
  judge: (pod: Pod) => SiblingJudgement,
): readonly Sibling[] {
  return groups.flatMap((group) => {
    // A ReplicaSet keeps pods that are over; a StatefulSet makes them again.
    const pods = podsOf(group.uid).filter((pod) => group.podNames.length > 0 || mayRun(pod));
    const names = new Set(pods.map(({ metadata }) => metadata.name));
    const isShort = pods.length < (group.wanted ?? 0);
    const missing = isShort ? [`a pod of ${group.what}`] : group.podNames.filter((name) => !names.has(name));
    return [
      ...pods.map((pod) => siblingOf(halt, group, pod, judge)),
      ...missing.map((name): Sibling => missingFrom(group, name)),
    ].filter(({ name }) => name !== halt.podName);
  });
}

function siblingOf(
  halt: NodeHaltSpec,
  group: PodGroup,
  pod: Pod,
  judge: (pod: Pod) => SiblingJudgement,
): Sibling {
  const { name, uid, labels } = pod.metadata;
  const judgement = judge(pod);
  return {
    name,
    group,
    index: indexIn(group, name),
    state: stateOf(halt, pod, judgement),
    twins: judgement.twins,
    ranBefore: judgement.ranBefore,
    uid,
    image: containerOf(pod, halt.container)?.image,
    revision: labels?.["controller-revision-hash"],
    isReady: pod.metadata.deletionTimestamp === undefined && isReady(pod),
    isTakenAtOnce: isTakenAtOnce(pod),
  };
}

function missingFrom(group: PodGroup, name: string): Sibling {
  const state = { kind: "not-halted", found: "there is no such pod" } as const;
  return {
    ...{ name, group, state, index: indexIn(group, name) },
    ...{ uid: undefined, image: group.image, revision: undefined, twins: [] },
    ...{ isReady: false, isTakenAtOnce: false },
  };
}

/** Place of a pod among its group's ordinals, by which a partition counts. */
export function indexIn({ podNames }: Pick<PodGroup, "podNames">, name: string): number | undefined {
  const index = podNames.indexOf(name);
  return index === -1 ? undefined : index;
}

function stateOf(
  halt: NodeHaltSpec,
  pod: Pod,
  { verdict, height, mayInfer, heldBack }: Omit<SiblingJudgement, "twins" | "ranBefore">,
): SiblingState {
  if (heldBack !== undefined) return { kind: "not-halted", found: heldBack };
  if (pod.metadata.deletionTimestamp !== undefined) return { kind: "not-halted", found: "is being deleted" };
  if (verdict.kind === "halted") {
    const isSame =
      reasonOf(verdict) === halt.reason &&
      planNameOf(verdict) !== undefined &&
      planNameOf(verdict) === halt.planName &&
      verdict.height === halt.height;
    const runs = containerStatusOf(pod, halt.container)?.state?.running !== undefined;
    if (verdict.inferred && !mayInfer)
      return { kind: "not-halted", found: "did not announce its halt, and spec.inferredHalts is not Act" };
    if (runs && !verdict.inferred && !verdict.sources.includes("live-intent"))
      return { kind: "not-halted", found: "was started again and shows no halt now" };
    if (isSame && verdict.corroborated && !isOutOfReach(halt, height)) return { kind: "halted" };
    if (isSame && verdict.corroborated)
      return { kind: "not-halted", found: "halted, and was not seen near that height" };
    const doubt = isSame
      ? "on one source alone"
      : `for ${reasonOf(verdict)}, plan ${quotedName(planNameOf(verdict) ?? "unknown")}`;
    return { kind: "not-halted", found: `halted ${doubt}` };
  }
  if (verdict.kind === "running" && halt.height !== undefined && height !== undefined && height > halt.height)
    return { kind: "past", height };
  if (isUnreadHalt(verdict))
    return { kind: "not-halted", found: "stands or ended at a listed height, and its log could not be read" };
  // No height in it: the message would change, and be written, with each block.
  const unseen = verdict.kind === "running" && height === undefined ? ", and was seen at no height" : "";
  return { kind: "not-halted", found: `${WORDS[verdict.kind]}${unseen}` };
}

/** A binary that the chain outgrew is believed within reach of a height that was truly seen: the same of every pod. */
function isOutOfReach({ reason, height }: NodeHaltSpec, seen: number | undefined): boolean {
  if (reason !== reasonToken(ShutdownReason.UpgradeRequired)) return false;
  return !isNear(seen, height, REACH_BLOCKS);
}

const WORDS: Readonly<Record<Exclude<Verdict["kind"], "halted">, string>> = {
  running: "runs",
  "unrecognised-halt": "halted for an unknown reason",
  crashed: "crashed",
  stopped: "stopped",
  unknown: "is in an unknown state",
};
