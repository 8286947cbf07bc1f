import type { EndedProcess, Evidence, ProcessEnd, ProcessSighting } from "../evidence.ts";
import { findPlanLines } from "../log/find-plan-lines.ts";
import { endShortOfMemory, signalName } from "../process-end.ts";
import { millis, type Time } from "./time.ts";

/** The part of a core/v1 `ContainerStateTerminated` that tells how a container ended. */
export interface ContainerTerminated {
  /** 0-255; 128 and the signal's number where a signal ended it. */
  readonly exitCode: number;
  /** The signal's number, where the runtime gives one. */
  readonly signal?: number | null | undefined;
  readonly reason?: string | null | undefined;
  /** With `terminationMessagePolicy: FallbackToLogsOnError`: the last 2048 bytes or 80 lines of the log. */
  readonly message?: string | null | undefined;
  readonly startedAt?: Time;
  readonly finishedAt?: Time;
}

/** The part of a core/v1 `ContainerState` that is read. Exactly one of them is set. */
export interface ContainerState {
  readonly running?: { readonly startedAt?: Time } | null | undefined;
  readonly waiting?: { readonly reason?: string | null | undefined } | null | undefined;
  readonly terminated?: ContainerTerminated | null | undefined;
}

/** The part of a core/v1 `ContainerStatus` that is read. */
export interface ContainerStatus {
  readonly name: string;
  readonly state?: ContainerState | null | undefined;
  readonly lastState?: ContainerState | null | undefined;
}

/** The part of a core/v1 `Pod` that is read. */
export interface PodWithStatuses {
  readonly status?:
    | {
        readonly containerStatuses?: readonly ContainerStatus[] | null | undefined;
        readonly initContainerStatuses?: readonly ContainerStatus[] | null | undefined;
      }
    | null
    | undefined;
}

/**
 * What a kubelet says of one container: now (`state`) and the instance before (`lastState`). A halt line is found in a
 * termination message. Read it before the pod is replaced: it goes with the pod.
 */
export function evidenceFromContainerStatus({ state, lastState }: ContainerStatus): Evidence {
  const process = state ? sightingOf(state) : undefined;
  const before = lastState?.terminated;
  const previous = before && !neverRan(before) ? endedFrom(before) : undefined;
  return { ...(process && { process }), ...(previous && { previous }) };
}

/** What a kubelet says of the container with this name, sidecars among them. Empty where it says nothing yet. */
export function evidenceFromPod({ status }: PodWithStatuses, container: string): Evidence {
  const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  const found = all.find(({ name }) => name === container);
  return found ? evidenceFromContainerStatus(found) : {};
}

function sightingOf({ running, waiting, terminated }: ContainerState): ProcessSighting | undefined {
  if (terminated && neverRan(terminated)) return { kind: "waiting", reason: terminated.reason ?? undefined };
  if (terminated) return endedFrom(terminated);
  if (running) return { kind: "running", startedAt: millis(running.startedAt) };
  if (waiting) return { kind: "waiting", reason: waiting.reason ?? undefined };
  return undefined;
}

/** A container whose program the runtime could not start: the 128 that a kubelet gives for it is nobody's exit code. */
function neverRan({ reason }: ContainerTerminated): boolean {
  return reason === "StartError";
}

function endedFrom(terminated: ContainerTerminated): EndedProcess {
  return {
    kind: "ended",
    end: endOf(terminated),
    startedAt: millis(terminated.startedAt),
    endedAt: millis(terminated.finishedAt),
    planLines: linesOf(terminated),
  };
}

/**
 * A kubelet takes the last 2048 bytes of a log, which begin anywhere in a line, or 80 lines of its file. Of that it keeps the
 * first bytes: 12 KiB divided by the pod's containers, of every kind (`normalizeStatus`, kubernetes 1.37). Nobody says how many
 * these were, so a message as long as one of 24 containers may have is one that was cut.
 */
const MESSAGE_BYTES = (12 * 1024) / 24;
const MESSAGE_LINES = 80;
/** What is lost of a character that was cut through. */
const CUT_BYTES = 4;

function linesOf({ message, startedAt }: ContainerTerminated) {
  const log = message ?? "";
  const isCut =
    Buffer.byteLength(log) > MESSAGE_BYTES - CUT_BYTES || log.trimEnd().split("\n").length >= MESSAGE_LINES;
  return findPlanLines(log, { startedAt: millis(startedAt), isCut, isUnwrapped: true, withUnsure: true });
}

/** `ContainerStatusUnknown` is what a kubelet makes up, as 137, when it lost a container. */
function endOf({ exitCode, signal, reason }: ContainerTerminated): ProcessEnd {
  if (reason === "OOMKilled") return endShortOfMemory(exitCode);
  if (reason === "ContainerStatusUnknown") return { kind: "unrecorded" };
  if (signal) return { kind: "signalled", signal: signalName(signal) };
  return { kind: "exited", code: exitCode };
}
