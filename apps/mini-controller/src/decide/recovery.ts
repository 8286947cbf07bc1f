import type { Verdict } from "@upgrade-halt/consumer";
import { parseReasonToken, reasonToken, ShutdownReason } from "@upgrade-halt/contract";
import type { NodeHaltSpec } from "../api/node-halt.ts";
import { planNameOf } from "../judge/recorded-facts.ts";
import { makesBlocks } from "../model/live-status.ts";
import type { Observation, PodSight } from "../observe/observation.ts";

type Successor = Extract<PodSight, { kind: "successor" }>;

/**
 * The height at which the successor is past the halt, on the chain of that halt. Where the halt named the height of an upgrade, only a
 * greater one counts, or a halt for a later one; a node that was rolled back, or that named none, has to be seen making blocks, or to
 * halt for the very plan for which its binary was too new.
 */
export function heightPast(spec: NodeHaltSpec, pod: Successor): number | undefined {
  const { reason, height: halted } = spec;
  const { verdict, firstHeight, height, otherChain } = pod;
  if (otherChain !== undefined || height === undefined) return undefined;
  // What its halt says of a height is a claim: the node was seen past the one before, or it was not.
  if (isLaterHalt(spec, verdict)) return halted !== undefined && height > halted ? height : undefined;
  if (isForItsPlan(spec, pod)) return height;
  if (verdict.kind !== "running") return undefined;
  const isUpgrade = halted !== undefined && reason === reasonToken(ShutdownReason.UpgradeRequired);
  const isPast = isUpgrade ? height > halted : makesBlocks(firstHeight, height);
  return isPast ? height : undefined;
}

/** Whether a node that went back from a binary which is too new has come to the plan of that one: fewer than two blocks may be left to it. */
function isForItsPlan({ reason, planName, height, image }: NodeHaltSpec, pod: Successor): boolean {
  const { verdict } = pod;
  const isBack = parseReasonToken(reason) === ShutdownReason.BinaryTooNew && pod.image !== image;
  if (!isBack || verdict.kind !== "halted" || !verdict.corroborated) return false;
  if (verdict.reason !== ShutdownReason.UpgradeRequired || planName === undefined) return false;
  return planNameOf(verdict) === planName && (height === undefined || verdict.height === height);
}

/** Whether a node is said to have halted at a greater height than a halt of before. */
export function isLaterHalt({ height: halted }: NodeHaltSpec, verdict: Verdict): boolean {
  const next = verdict.kind === "halted" ? verdict.height : undefined;
  return halted !== undefined && next !== undefined && next > halted;
}

/** What an owner or a GitOps tool takes at most to write an image back, unless the policy says otherwise, in seconds. */
const OWNER_INTERVAL_SECONDS = 60;

/**
 * Milliseconds that a successor has still to be seen before it has recovered: whoever else decides the image may write back
 * what was there before, and then its node halts again. 0 where nobody does.
 */
export function leftToStay({ workload, policy }: Observation, { seenForMs = 0 }: Successor): number {
  if (workload.kind !== "found") return 0;
  if (workload.manager === undefined && workload.isOwner !== true) return 0;
  const { ownerIntervalSeconds = OWNER_INTERVAL_SECONDS } = policy?.spec.target ?? {};
  return Math.max(0, ownerIntervalSeconds * 1_000 - seenForMs);
}
