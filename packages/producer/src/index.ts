/**
 * What a chain node needs to halt in a way that its supervisor understands.
 *
 * @module
 */
export { type Artifact, fileArtifact } from "./artifact.ts";
export type { DurableFile } from "./durable-file.ts";
export { type ExitingProcess, guardExitCode } from "./exit-guard.ts";
export { type GracefulHalt, gracefulHalt, type HaltMode, type HaltOutcome } from "./graceful-halt.ts";
export { createHaltHolder, type HaltHolder, type HaltPlan, type Publication } from "./halt-holder.ts";
export { HALT_STEPS, type HaltStep, type StepObserver } from "./halt-steps.ts";
export { populateStatus } from "./populate-status.ts";
export { printLine } from "./print-line.ts";
export { ProducerError, type ProducerErrorCode } from "./producer-error.ts";
export type { StopHook, StopReport } from "./stop-hooks.ts";
export { listenForStop, type SignalledProcess, STOP_SIGNALS, type StopSignal } from "./stop-signals.ts";
