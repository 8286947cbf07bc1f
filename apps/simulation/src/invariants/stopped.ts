import { parseExitCode, ShutdownReason } from "@upgrade-halt/contract";
import type { ToldStatus } from "../cluster/cluster.ts";
import type { Halt, NodeProcess, Validator } from "../cluster/node.ts";
import type { Pod } from "../server/objects.ts";
import type { Change, Observer } from "./observer.ts";

type Announced = NonNullable<ToldStatus["announced"]>;

/** How far below its height a halted node may have been seen last. */
export const REACH_BLOCKS = 25;
/** A kubelet says that a process has started after this time at the latest. */
const REPORTED_MS = 500;

/** Halted, or started or made again since the replica read that it was: what happens between is nobody's fault. */
export function isStopped(act: Change, pod: Pod, observer: Observer): boolean {
  const { processes, processOf, validatorOf } = observer.truth;
  const process = processOf(pod.metadata.uid);
  if (process?.halt !== undefined) return true;
  if (process !== undefined && announcedHalt(act, process, observer) !== undefined) return true;
  const list = observer.podsRead(act);
  const validator = validatorOf(pod.metadata.name);
  if (list === undefined || !wasShownEnded(act, pod, list.object, observer)) return false;
  const earlier = processes.findLast((one) => one.validator === validator && one !== process);
  if (earlier?.halt === undefined) return false;
  return (
    process === undefined || process.startedAt >= list.at - REPORTED_MS || endedSoAgain(process, earlier.halt)
  );
}

/** Whether a process that came after one that halted ended with the same code before it made a block: it may have come to that halt again. */
function endedSoAgain({ state, hasMadeBlocks }: NodeProcess, { reason }: Halt): boolean {
  return state.kind === "ended" && state.code === reason && !hasMadeBlocks;
}

/** Whether it was among the pods that were read, and had ended; or was made since, in the place of one that had. */
function wasShownEnded(act: Change, pod: Pod, listed: readonly Pod[], { truth }: Observer): boolean {
  const { name, uid } = pod.metadata;
  const validator = truth.validatorOf(name);
  const own = listed.find(({ metadata }) => metadata.uid === uid);
  if (own !== undefined) return truth.processOf(uid) !== undefined && showsEnd(own, validator);
  // A pod that is deleted is named by its UID, and so was read.
  if (act.kind === "delete-pod") return false;
  return listed.some((one) => truth.validatorOf(one.metadata.name) === validator && showsEnd(one, validator));
}

/** What a node says near a plan's height of having halted for it: it can't be told from one that has. */
export function announcedHalt(act: Change, process: NodeProcess, observer: Observer): Halt | undefined {
  const { validator, state, reached } = process;
  const [, plan = "", said] = /^UPGRADE "([^"]*)" NEEDED at height: (\d+): \n$/.exec(validator.noise) ?? [];
  const height = Number(said);
  const haltedSo = observer.truth.processes.some(
    (one) => one.validator === validator && one.halt?.plan === plan && one.halt.height === height,
  );
  const isAtLine = haltedSo || (height >= reached && height - REACH_BLOCKS <= reached);
  if (state.kind === "ended" && state.code === ShutdownReason.UpgradeRequired && isAtLine)
    return { reason: ShutdownReason.UpgradeRequired, plan, height };
  const told = observer.toldLast(act, validator);
  const claimed = told?.announced && heightOf(told.announced, validator);
  if (claimed === undefined) return undefined;
  const isAtIt =
    told?.height === undefined
      ? observer.wasToldHeight(validator, claimed - REACH_BLOCKS, claimed)
      : told.height <= claimed && told.height >= claimed - 1;
  const { UpgradeRequired: reason } = ShutdownReason;
  return isAtIt ? { reason, plan: told?.announced?.plan ?? "", height: claimed } : undefined;
}

/** Who names no height names that of the plan, for all that anybody can tell. */
function heightOf({ plan, height }: Announced, { chain }: Validator): number | undefined {
  return height ?? chain.plans.find(({ name }) => name === plan)?.height;
}

/**
 * An end that stands for a halt: by its code, or any where nodes announce none. One that stands still at its halt ends with 0 once it is
 * stopped, and its log tells of the halt all the same.
 */
function showsEnd({ status }: Pod, { chain }: Validator): boolean {
  return (status.containerStatuses ?? []).some(({ state, lastState }) => {
    const ended = state.terminated ?? (state.running === undefined ? lastState.terminated : undefined);
    if (ended === undefined) return false;
    return chain.isLegacy || (ended.exitCode !== 0 && parseExitCode(ended.exitCode).kind !== "outside");
  });
}
