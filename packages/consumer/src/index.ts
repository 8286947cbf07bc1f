/**
 * Why a chain node stopped, and what to do about it: evidence in, verdict and recommendation out.
 *
 * @module
 */
export { type ChildExit, evidenceFromChildExit } from "./adapters/child-process.ts";
export { type DockerState, evidenceFromDocker } from "./adapters/docker.ts";
export { evidenceFromExitCode } from "./adapters/exit-code.ts";
export {
  type ContainerState,
  type ContainerStatus,
  type ContainerTerminated,
  evidenceFromContainerStatus,
  evidenceFromPod,
  type PodWithStatuses,
} from "./adapters/kubernetes.ts";
export { evidenceFromSystemd, type ServiceEnvironment } from "./adapters/systemd.ts";
export type { Time } from "./adapters/time.ts";
export { classify } from "./classify.ts";
export { ACTIONS, type Action, CHOICES, DECISIONS, type Decision, type Situation } from "./decision-table.ts";
export * from "./evidence.ts";
export { findPlanLines, type LogOptions, type PlanLine, parsePlanLine } from "./log/find-plan-lines.ts";
export type { HaltText } from "./log/halt-text.ts";
export { MEANINGS, type Meaning } from "./meanings.ts";
export { mergeEvidence } from "./merge-evidence.ts";
export { printable, quotedName } from "./printable.ts";
export { recommend } from "./recommend.ts";
export * from "./recommendation.ts";
export { INFERRED_REACH_BLOCKS, REACH_BLOCKS } from "./seen.ts";
export { STANDSTILL_MS } from "./standstill.ts";
export { type DecodedStatus, decodeStatus } from "./status/decode-status.ts";
export { readStatus } from "./status/read-status.ts";
export { sightingOf } from "./status/status-reader.ts";
export * from "./status/status-result.ts";
export * from "./verdict.ts";
export { watchNode } from "./watch/watch-node.ts";
export type { NodeChange, WatchOptions } from "./watch/watch-options.ts";
