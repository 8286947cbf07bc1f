import {
  classify,
  type Evidence,
  evidenceFromPod,
  HALT_SOURCES,
  type HaltSource,
  type Recommendation,
  recommend,
  type Verdict,
} from "@upgrade-halt/consumer";
import { parseExitCode, parseReasonToken, reasonToken, ShutdownReason } from "@upgrade-halt/contract";
import type { HaltPolicySpec } from "../api/halt-policy.ts";
import type { NodeHaltSpec } from "../api/node-halt.ts";
import type { Pod } from "./pod.ts";
import type { LiveStatus } from "./status-watch.ts";

/** What stands for a reason that this controller doesn't know. */
export const UNRECOGNISED = "unrecognised";

/** The consumer's verdict about a pod's node container, from its status and what `/status` said last. */
export function judgePod(pod: Pod, policy: HaltPolicySpec, live: LiveStatus | undefined): Verdict {
  const evidence: Evidence = {
    ...evidenceFromPod(pod, policy.container),
    status: live?.sighting,
    lastSeen: live?.height === undefined ? undefined : { height: live.height },
    listed: policy.upgrades,
  };
  return classify(evidence);
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
  return verdict.kind === "unrecognised-halt" ? UNRECOGNISED : undefined;
}

/**
 * What a recorded halt calls for under a policy as it is now. The journal's facts are judged again, since an
 * upgrade that was listed later also corroborates.
 */
export function recommendFor(
  spec: NodeHaltSpec,
  policy: HaltPolicySpec,
  previousImage: string | undefined,
): Recommendation {
  return recommend(recordedVerdict(spec, policy), {
    upgrades: policy.upgrades,
    previousImage,
    actions: {
      upgradeRequired: CHOICES[policy.actions.upgradeRequired],
      binaryTooNew: CHOICES[policy.actions.binaryTooNew],
      downgradeDetected: CHOICES[policy.actions.downgradeDetected],
      unrecognised: CHOICES[policy.actions.unrecognised],
    },
  });
}

const CHOICES = { SwapImage: "swap-to-image", RollBack: "roll-back", Page: "page", Hold: "hold" } as const;

function recordedVerdict(spec: NodeHaltSpec, policy: HaltPolicySpec): Verdict {
  const reason = parseReasonToken(spec.reason);
  if (reason === undefined || reason === ShutdownReason.Unknown) {
    const meaning = parseExitCode(spec.exitCode);
    const range = meaning.kind === "reserved" ? meaning.range : "outside";
    return { kind: "unrecognised-halt", code: spec.exitCode, range, why: spec.verdict, contradictions: [] };
  }
  const sources = spec.sources.filter((source): source is HaltSource =>
    HALT_SOURCES.some((known) => known === source),
  );
  return classify({
    believed: { reason, plan: spec.planName, height: spec.height, corroborated: sources.length > 1, sources },
    listed: policy.upgrades,
  });
}
