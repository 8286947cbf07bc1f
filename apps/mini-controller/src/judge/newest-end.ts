import type { EndedProcess, Evidence } from "@upgrade-halt/consumer";
import type { NodeHaltSpec } from "../api/node-halt.ts";
import type { LiveStatus } from "../model/live-status.ts";
import { isHaltCode } from "./halt-code.ts";
import { recordedName } from "./recorded-facts.ts";

/** A process that ran for so long did more than fail to start again. */
const RESTART_MS = 30_000;

/**
 * The evidence without a halt that the node has left behind: a process that ran for a while, or ended as no restart ends,
 * had no part in the halt before it. What is believed of `halt` goes, too, where runs came after it that nobody saw the
 * end of. `run` is the present run of the container, in restarts.
 */
export function withoutLeftHalt(evidence: Evidence, run: number, halt: NodeHaltSpec | undefined): Evidence {
  const { process, previous } = evidence;
  const [newest, earlier] = process?.kind === "ended" ? [process, previous] : [previous, undefined];
  if (process?.kind === "running" || newest === undefined) return evidence;
  const isTold = halt !== undefined && tells(newest, halt);
  const believed = isTold ? evidence.believed : undefined;
  if (announces(newest)) return isOfLaterRun(newest, run, halt) ? { ...evidence, believed } : evidence;
  if (!isRestart(newest))
    return { ...evidence, believed, previous: newest === previous ? previous : undefined };
  const restarts = earlier !== undefined && isRestart(earlier) ? 2 : 1;
  const isUnseen = halt?.restartCount !== undefined && run - halt.restartCount > restarts;
  return isUnseen ? { ...evidence, believed } : evidence;
}

/**
 * Whether the newest run of the container (`run`, in restarts) has ended after it worked for a while, and told nobody a
 * height: one that an earlier run told says nothing of where this one came to.
 */
export function hasWorkedUnread(
  { process, previous }: Evidence,
  run: number,
  live: Pick<LiveStatus, "run" | "runHeight"> | undefined,
): boolean {
  if (process?.kind === "running" || live?.run === undefined) return false;
  if (live.run === run && live.runHeight !== undefined) return false;
  const newest = process?.kind === "ended" ? process : previous;
  return newest !== undefined && isLong(newest);
}

/** Whether a process that ended with a halt's code began after the halt on record, and worked for a while: its halt is its own. */
function isOfLaterRun(
  newest: EndedProcess,
  run: number,
  { restartCount }: Partial<NodeHaltSpec> = {},
): boolean {
  return restartCount !== undefined && run > restartCount && isLong(newest);
}

/** Whether a process ended with an exit code that stands for a halt. */
function announces({ end }: EndedProcess): boolean {
  return isHaltCode(end.kind === "exited" ? end.code : undefined);
}

/** Whether its log tells of the very halt. */
function tells({ planLines = [] }: EndedProcess, { planName, height }: NodeHaltSpec): boolean {
  return planLines.some(
    (line) =>
      line.replaced !== true &&
      line.plan !== undefined &&
      recordedName(line.plan) === planName &&
      line.height === height,
  );
}

/** As a process ends that was stopped or panics while it starts: by 2 or a signal, and soon. */
function isRestart({ end, startedAt, endedAt }: EndedProcess): boolean {
  const isOfRestart =
    end.kind === "signalled" ||
    (end.kind === "exited" && (end.code === 2 || (end.code > 128 && end.code <= 192)));
  return isOfRestart && !isLong({ startedAt, endedAt });
}

function isLong({ startedAt, endedAt }: Pick<EndedProcess, "startedAt" | "endedAt">): boolean {
  return startedAt !== undefined && endedAt !== undefined && endedAt - startedAt >= RESTART_MS;
}
