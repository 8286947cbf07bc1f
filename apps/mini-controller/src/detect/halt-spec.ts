import { findPlanLines, quotedName, type Verdict } from "@upgrade-halt/consumer";
import { cut } from "../api/cut.ts";
import type { HaltPolicy } from "../api/halt-policy.ts";
import type { NodeHaltSpec, WorkloadRef } from "../api/node-halt.ts";
import { timestamp } from "../journal/journal-entry.ts";
import { announcesNow, endedInHalt, haltedRunOf, type Shown } from "../judge/halted-run.ts";
import { reasonOf } from "../judge/judgement.ts";
import { newestRun } from "../judge/log-source.ts";
import { planNameOf, recordedHeightOf } from "../judge/recorded-facts.ts";
import { isUnreadHalt } from "../judge/unread-halt.ts";
import { containerOf, containerStatusOf, type Pod } from "../model/pod.ts";

/**
 * What to record about a verdict: `undefined` when it is no halt. Names that the node gave are made fit to be
 * shown, and are listed exactly only if that changed nothing.
 */
export function haltSpecOf(
  { pod, verdict, live }: Shown,
  policy: HaltPolicy,
  workload: WorkloadRef | undefined,
  now: number,
): NodeHaltSpec | undefined {
  const reason = reasonOf(verdict);
  const { name: podName, uid: podUID } = pod.metadata;
  const { container } = policy.spec;
  const image = containerOf(pod, container)?.image;
  if (reason === undefined || podUID === undefined || image === undefined) return undefined;
  const halted = verdict.kind === "halted" ? verdict : undefined;
  const isStanding =
    (halted?.inferred === true || isUnreadHalt(verdict)) && newestRun(pod, container)?.end === undefined;
  const exitCode = isStanding ? undefined : exitCodeOf(pod, container);
  const planName = planNameOf(verdict);
  const restartCount = haltedRunOf({ pod, verdict, live }, container);
  const height = recordedHeightOf(verdict);
  const isLeftOut = halted?.height !== undefined && height === undefined;
  const leftOut = isLeftOut ? ` It told height ${halted.height}, which no chain has: that is left out.` : "";
  return {
    podName,
    podUID,
    container,
    policyName: policy.metadata.name,
    ...(workload === undefined ? {} : { workload }),
    reason,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(restartCount === undefined ? {} : { restartCount }),
    ...(planName === undefined ? {} : { planName }),
    ...(height === undefined ? {} : { height }),
    image,
    sources: [...(halted?.sources ?? [])],
    ...(halted?.inferred ? { inferredFrom: inferredFrom(pod, container, halted) } : {}),
    verdict: cut(`${verdict.why}${leftOut}`, 1024),
    detectedAt: timestamp(now),
  };
}

/** What is recorded where the API server refuses the whole: which pod halted, and why there is no more of it. */
export function bareSpec(spec: NodeHaltSpec, { message }: Error): NodeHaltSpec {
  const { podName, podUID, container, policyName, reason, restartCount, image, detectedAt } = spec;
  const verdict = cut(`${spec.verdict} The API server refused the whole record: ${message}`, 1024);
  return {
    ...{ podName, podUID, container, policyName, reason, image, sources: [], verdict, detectedAt },
    ...(restartCount === undefined ? {} : { restartCount }),
  };
}

/** What an inferred halt rests on, a few words each. */
function inferredFrom(
  pod: Pod,
  container: string,
  { seen, sources }: Extract<Verdict, { kind: "halted" }>,
): string[] {
  const end = newestRun(pod, container)?.end;
  const isInMessage = findPlanLines(end?.message ?? "", { isUnwrapped: true, withUnsure: true }).length > 0;
  return [
    `halt line in the ${isInMessage ? "termination message" : `log of container ${container}`}`,
    end === undefined ? "its height stands still" : `exit code ${end.exitCode}`,
    ...(seen?.height === undefined ? [] : [`seen at height ${seen.height}`]),
    ...(seen?.chainId === undefined ? [] : [`seen on chain ${quotedName(seen.chainId)}`]),
    ...(sources.includes("listed-plan") ? ["plan listed for that chain and height"] : []),
  ].map((words) => cut(words, 256));
}

/** Whether the node shows the halt now, by itself: not only that it showed it before, and was started again since. */
export function standsNow(shown: Shown, container: string): boolean {
  const { pod, verdict } = shown;
  if (announcesNow(shown, container)) return true;
  if (isUnreadHalt(verdict) || (verdict.kind === "halted" && verdict.inferred === true)) return true;
  const { state, lastState } = containerStatusOf(pod, container) ?? {};
  return endedInHalt(state?.waiting === undefined ? state : lastState);
}

function exitCodeOf(pod: Pod, container: string): number | undefined {
  const { state, lastState } = containerStatusOf(pod, container) ?? {};
  const code = (state?.terminated ?? lastState?.terminated)?.exitCode;
  return code !== undefined && code >= 0 && code <= 255 ? code : undefined;
}
