import {
  classify,
  type Evidence,
  evidenceFromPod,
  HALT_SOURCES,
  type HaltedVerdict,
  type HaltSource,
  type KnownHalt,
  quotedName,
  type Recommendation,
  recommend,
  type Verdict,
} from "@upgrade-halt/consumer";
import { parseExitCode, parseReasonToken, reasonToken, ShutdownReason } from "@upgrade-halt/contract";
import type { HaltPolicySpec } from "../api/halt-policy.ts";
import type { NodeHaltSpec, Seen } from "../api/node-halt.ts";
import type { LiveStatus } from "../model/live-status.ts";
import { containerStatusOf, type Pod } from "../model/pod.ts";
import { withLog, withoutLines } from "./log-evidence.ts";
import { hasWorkedUnread, withoutLeftHalt } from "./newest-end.ts";
import { isUnreadHalt, UNREAD, unreadHalt } from "./unread-halt.ts";

/** A halt as its NodeHalt describes it, and what the controller itself saw of it. */
export interface RecordedHalt {
  readonly spec: NodeHaltSpec;
  readonly seen: Seen;
}

/** What stands for a reason that this controller doesn't know. */
export const UNRECOGNISED = "unrecognised";

/**
 * The consumer's verdict about a pod's node container, from its status, what this run of it said last on `/status`, and
 * the halt that was recorded of this very pod, if any: it latches until the node has left it.
 */
export function judgePod(
  pod: Pod,
  policy: HaltPolicySpec,
  live: LiveStatus | undefined,
  recorded?: RecordedHalt,
): Verdict {
  const run = containerStatusOf(pod, policy.container)?.restartCount ?? 0;
  const ofPod = evidenceFromPod(pod, policy.container);
  const height = hasWorkedUnread(ofPod, run, live) ? undefined : live?.height;
  const known: Evidence = {
    ...ofPod,
    status: live?.run === undefined || live.run === run ? whileItRan(live?.sighting, ofPod) : undefined,
    lastSeen: live && { height, chainId: knownChain(live, policy) },
    listed: policy.upgrades,
    chainId: policy.chainId,
    believed: recorded && beliefOf(recorded),
  };
  const logged = withLog(known, pod, policy.container, live);
  const evidence = withoutLeftHalt(logged, run, recorded?.spec);
  const verdict = classify(evidence);
  const isIgnored = isInferredVerdict(verdict) && policy.inferredHalts === "Ignore";
  if (isIgnored) return classify({ ...withoutLines(evidence), believed: undefined });
  return unreadHalt(pod, policy, live, verdict) ?? verdict;
}

/** Only what runs is asked, so a reading is no later than the run's end, whatever the clocks of controller and kubelet say. */
function whileItRan(
  sighting: Evidence["status"],
  { process, previous }: Pick<Evidence, "process" | "previous">,
): Evidence["status"] {
  const end = process?.kind === "ended" ? process : process?.kind === "running" ? undefined : previous;
  if (sighting === undefined || end?.endedAt === undefined) return sighting;
  return { ...sighting, at: Math.min(sighting.at, end.endedAt) };
}

/** Whether a verdict is a halt that the node did not announce itself. */
export function isInferredVerdict(verdict: Verdict): boolean {
  return verdict.kind === "halted" && verdict.inferred === true;
}

/**
 * The chain that the node is known to be on. What answers on another chain than the policy's is told apart by that alone,
 * also where it answered so first: no claim of it is believed.
 */
function knownChain({ chainId, sighting }: LiveStatus, policy: HaltPolicySpec): string | undefined {
  const told = sighting?.kind === "answered" ? sighting.node.chainId : undefined;
  return told !== undefined && policy.chainId !== undefined && told !== policy.chainId ? undefined : chainId;
}

/** Whether the container's last instance ended in a crash, which is the kubelet's to restart. */
export function lastEndWasCrash(pod: Pod, container: string): boolean {
  const { process, previous } = evidenceFromPod(pod, container);
  const ended = process?.kind === "ended" ? process : previous;
  return ended !== undefined && classify({ process: ended }).kind === "crashed";
}

/** The word for a verdict's reason in names, specs and labels; `undefined` when the verdict is no halt. */
export function reasonOf(verdict: Verdict): string | undefined {
  if (verdict.kind === "halted") return reasonToken(verdict.reason);
  if (isUnreadHalt(verdict)) return UNREAD;
  return verdict.kind === "unrecognised-halt" ? UNRECOGNISED : undefined;
}

/** What the pod says now that halted so, or that was made anew in its place and shows the same halt. */
interface Shown {
  readonly seen?: Verdict | undefined;
  readonly isMadeAnew?: boolean | undefined;
}

/**
 * What a recorded halt calls for under a policy as it is now. The journal's facts are judged again: an upgrade that was
 * listed later corroborates, and so does what the pod that halted says since (`seen`): a node may announce its halt a
 * moment before its exit code tells the same. A pod that was made anew has to tell all of it itself.
 */
export function recommendFor(
  halt: RecordedHalt,
  policy: HaltPolicySpec,
  { previousImage, ...shown }: Shown & { readonly previousImage?: string | undefined },
): Recommendation {
  const recommendation = recommend(recordedVerdict(halt, policy, shown), {
    upgrades: policy.upgrades,
    chainId: policy.chainId,
    previousImage,
    inferredHalts: INFERRED[policy.inferredHalts],
    actions: {
      upgradeRequired: CHOICES[policy.actions.upgradeRequired],
      binaryTooNew: CHOICES[policy.actions.binaryTooNew],
      downgradeDetected: CHOICES[policy.actions.downgradeDetected],
      unrecognised: CHOICES[policy.actions.unrecognised],
    },
  });
  return inOwnWords(recommendation, halt.spec);
}

/** An inferred halt in the words of a HaltPolicy, where the consumer's are those of its own policy. */
function inOwnWords(recommendation: Recommendation, { planName, height }: NodeHaltSpec): Recommendation {
  if (recommendation.reason !== "InferredHalt" || planName === undefined || height === undefined)
    return recommendation;
  const why = `The node did not announce this halt: its log, its end or standstill and its height tell it. An image is listed for ${quotedName(planName)} at height ${height}. Upgrade the node yourself, or set spec.inferredHalts to Act.`;
  return { ...recommendation, why };
}

const INFERRED = { Ignore: "ignore", Page: "page", Act: "act" } as const;
const CHOICES = { SwapImage: "swap-to-image", RollBack: "roll-back", Page: "page", Hold: "hold" } as const;

function recordedVerdict(halt: RecordedHalt, policy: HaltPolicySpec, { seen, isMadeAnew }: Shown): Verdict {
  const { spec } = halt;
  const believed = beliefOf(halt);
  if (believed === undefined) {
    const meaning = parseExitCode(spec.exitCode);
    const range = meaning.kind === "reserved" ? meaning.range : "outside";
    return { kind: "unrecognised-halt", code: spec.exitCode, range, why: spec.verdict, contradictions: [] };
  }
  const now = seen?.kind === "halted" ? seen : undefined;
  const same = now?.reason === believed.reason && now.plan === believed.plan ? now : undefined;
  // A verdict of the same halt without sources is one that something disputes or doubts by now.
  const isDoubted = same?.sources.length === 0;
  const told = isMadeAnew && same !== undefined ? [] : believed.sources;
  const sources = isDoubted ? [] : [...new Set([...told, ...(same?.sources ?? [])])];
  const { seen: before } = halt;
  // What answers where the node halted doubts the halt as well: it is no other source of it, and no news for a person.
  const dispute = same === undefined || isDoubted ? before.disputed : undefined;
  const { disputed: _, ...undisputed } = believed;
  const verdict = classify({
    believed: {
      ...undisputed,
      ...{ corroborated: sources.length > 1, sources },
      ...(dispute === undefined ? {} : { disputed: true }),
    },
    lastSeen: { chainId: now?.seen?.chainId ?? before.chainId, height: now?.seen?.height ?? before.height },
    listed: policy.upgrades,
  });
  // What was recorded is disproved by now, and the pod stands halted all the same: that is for a person.
  if (verdict.kind !== "halted" && now?.reason === believed.reason) return { ...now, corroborated: false };
  return dispute === undefined
    ? verdict
    : { ...verdict, contradictions: [dispute, ...verdict.contradictions] };
}

/** What disputes a halt, as a sentence. */
export function disputeOf({ disputed, contradictions, why }: HaltedVerdict): string | undefined {
  return disputed ? (contradictions[0] ?? why) : undefined;
}

/**
 * A recorded halt as the consumer takes it for evidence; `undefined` for a reason that this controller doesn't know. Its
 * sources are those that the controller saw itself: anybody may have written the spec.
 */
function beliefOf({ spec, seen }: RecordedHalt): KnownHalt | undefined {
  const { reason: token, planName, height } = spec;
  const reason = parseReasonToken(token);
  if (reason === undefined || reason === ShutdownReason.Unknown) return undefined;
  const sources = seen.sources.filter((source): source is HaltSource =>
    HALT_SOURCES.some((known) => known === source),
  );
  const corroborated = sources.length > 1;
  const inferred = isInferred(sources) ? { inferred: true as const } : {};
  const disputed = seen.disputed === undefined ? {} : { disputed: true as const };
  return { kind: "halted", reason, plan: planName, height, corroborated, sources, ...inferred, ...disputed };
}

/** A halt line without an exit code or an intent beside it is of a node that announced nothing. */
export function isInferred(sources: readonly string[]): boolean {
  return sources.includes("plan-line") && !sources.includes("exit-code") && !sources.includes("live-intent");
}
