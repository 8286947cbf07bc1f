import { type Evidence, evidenceFromPod } from "@upgrade-halt/consumer";
import { reasonToken } from "@upgrade-halt/contract";
import type { NodeHaltSpec } from "../api/node-halt.ts";
import { isOneProcess, type LiveStatus } from "../model/live-status.ts";
import { unsure } from "../model/log-finding.ts";
import { containerStatusOf, type Pod } from "../model/pod.ts";
import { newestRun } from "./log-source.ts";

/**
 * The evidence with what the log of the newest run said, and for how long a node that runs has stood still: for nothing
 * else is read from it. A log of another run than the pod shows says nothing.
 */
export function withLog(
  evidence: Evidence,
  pod: Pod,
  container: string,
  live: LiveStatus | undefined,
): Evidence {
  const { run, planLines = [] } = live?.log ?? {};
  if (planLines.length === 0 || newestRun(pod, container)?.id !== run) return evidence;
  const { process, previous } = evidence;
  switch (process?.kind) {
    case "running": {
      const isOfRun = live?.run === (containerStatusOf(pod, container)?.restartCount ?? 0);
      const heightStillSince = isOfRun ? live?.stillSince : undefined;
      // What may be of the process before is told, and proves nothing.
      const ofRun = live !== undefined && isOneProcess(live) ? planLines : planLines.map(unsure);
      return { ...evidence, process: { ...process, planLines: ofRun }, heightStillSince };
    }
    case "ended":
      return { ...evidence, process: { ...process, planLines: linesOf(process.planLines, planLines) } };
    default:
      if (previous === undefined) return evidence;
      return { ...evidence, previous: { ...previous, planLines: linesOf(previous.planLines, planLines) } };
  }
}

type Lines = NonNullable<NonNullable<Evidence["previous"]>["planLines"]>;

/** What the kubelet took into the termination message comes first: it is of that very run. */
function linesOf(inMessage: Lines | undefined, inLog: Lines): Lines {
  return inMessage === undefined || inMessage.length === 0 ? inLog : inMessage;
}

/** What a container is told to have halted for. */
export type ToldHalt = Pick<NodeHaltSpec, "container" | "planName"> & { readonly reason: string | undefined };

/** Whether the process that runs said in its own log that it halted so, whatever answers at its address. */
export function tellsInOwnLog(
  pod: Pod,
  { container, reason, planName }: ToldHalt,
  live: LiveStatus | undefined,
): boolean {
  const { process } = withLog(evidenceFromPod(pod, container), pod, container, live);
  if (process?.kind !== "running") return false;
  return (process.planLines ?? []).some(
    (line) => !line.unsure && !line.replaced && reasonToken(line.reason) === reason && line.plan === planName,
  );
}

/** The evidence without any halt line: of a node that announces its halts, or has none. */
export function withoutLines(evidence: Evidence): Evidence {
  const { process, previous, heightStillSince: _, ...rest } = evidence;
  return {
    ...rest,
    ...(process && { process: process.kind === "waiting" ? process : { ...process, planLines: [] } }),
    ...(previous && { previous: { ...previous, planLines: [] } }),
  };
}
