import type { HaltIntent, HaltReason } from "@upgrade-halt/contract";
import type { Artifact } from "./artifact.ts";
import { bestEffort } from "./best-effort.ts";
import type { HaltHolder, HaltPlan } from "./halt-holder.ts";
import { Decided, type Published } from "./halt-sequence.ts";
import type { StepObserver } from "./halt-steps.ts";
import { ProducerError } from "./producer-error.ts";
import { type StopHook, type StopReport, stopInOrder } from "./stop-hooks.ts";

/** What the process does after it has published its intent. */
export type HaltMode =
  /** Shut down and exit. */
  | { readonly kind: "exit" }
  /** Consensus stops, servers serve until `stopRequested` (an outside SIGTERM or SIGINT), then exit. */
  | { readonly kind: "stay-alive"; readonly stopRequested: AbortSignal };

/** What `gracefulHalt` needs of the node. */
export interface GracefulHalt {
  readonly reason: HaltReason;
  readonly plan: HaltPlan;
  /** What must be durable before anyone may learn of the halt, given the intent that will be published. */
  readonly artifacts: (intent: HaltIntent) => readonly Artifact[];
  readonly holder: HaltHolder;
  readonly mode: HaltMode;
  /** Writes the node's own log line. */
  readonly log: () => void;
  /** Writes the raw line to standard error. */
  readonly print: () => void;
  /** Stopped in this order: consensus at once, servers at once or, in stay-alive mode, when asked. */
  readonly shutdown: { readonly consensus: readonly StopHook[]; readonly servers: readonly StopHook[] };
  /** Ends the process. */
  readonly exit: (code: number) => void;
  /** Told, once each, of what went wrong without stopping the halt, and of why there is none. One line each. */
  readonly onProblem: (message: string, cause?: unknown) => void;
  /** How long each of the two parts of the shutdown may take. Milliseconds, 5000 by default. */
  readonly deadlineMs?: number;
  readonly onStep?: StepObserver;
  /** A halt that was announced before, by this node: it is announced again as it was. */
  readonly recorded?: HaltIntent;
}

/** How a call of `gracefulHalt` ended. */
export type HaltOutcome =
  | { readonly kind: "halted"; readonly intent: HaltIntent }
  /** This process had halted already; nothing was written, said or stopped. */
  | { readonly kind: "ignored"; readonly standing: HaltIntent }
  /** No graceful halt: no intent, exit 1. */
  | { readonly kind: "failed"; readonly cause: ProducerError };

const DEFAULT_DEADLINE_MS = 5_000;
/** What seid ends with on any error that is no halt. */
const FAILURE_EXIT = 1;

/**
 * Halts the process so that its supervisor understands: artifacts durable, log line, raw line, intent, shutdown, exit
 * with the reason's code (section 3 of the protocol). All up to and including the intent happens before this
 * function returns its promise. Never rejects. Only an artifact that can't be made durable makes it fail.
 *
 * @example
 * ```ts
 * import { ShutdownReason } from "@upgrade-halt/contract";
 * import { fileArtifact, gracefulHalt, type HaltHolder, printLine } from "@upgrade-halt/producer";
 *
 * export async function halt(holder: HaltHolder, name: string, height: number): Promise<void> {
 *   const bytes = Buffer.from(JSON.stringify({ name, height }));
 *   const line = `UPGRADE "${name}" NEEDED at height: ${height}: `;
 *   await gracefulHalt({
 *     reason: ShutdownReason.UpgradeRequired,
 *     plan: { name, height, info: "" },
 *     holder,
 *     artifacts: () => [fileArtifact({ path: "data/upgrade-info.json", bytes, mode: 0o600 })],
 *     mode: { kind: "exit" },
 *     log: () => console.error(`ERR ${line}`),
 *     print: () => printLine(2, line),
 *     shutdown: { consensus: [], servers: [] },
 *     exit: (code) => process.exit(code),
 *     onProblem: (message, cause) => console.error(message, cause),
 *   });
 * }
 * ```
 */
export async function gracefulHalt(halt: GracefulHalt): Promise<HaltOutcome> {
  const { holder, shutdown, deadlineMs = DEFAULT_DEADLINE_MS } = halt;
  const standing = holder.snapshot();
  if (standing !== undefined) {
    report(halt, `a second halt (${halt.reason}) was ignored: ${standing.reason} stands`);
    return { kind: "ignored", standing };
  }
  let intent: HaltIntent;
  let published: Published;
  try {
    intent = halt.recorded ?? holder.stamp(halt.reason, halt.plan);
    published = announce(halt, intent);
  } catch (cause) {
    return await abandon(halt, ProducerError.from(cause), deadlineMs);
  }
  const [resting, consensusReport] = await published.stopConsensus(shutdown.consensus, deadlineMs);
  reportStop(consensusReport, halt);
  if (halt.mode.kind === "stay-alive") await aborted(halt.mode.stopRequested);
  const [stopped, serversReport] = await resting.stopServers(shutdown.servers, deadlineMs);
  reportStop(serversReport, halt);
  stopped.exit(halt.exit);
  return { kind: "halted", intent };
}

function announce(
  { reason, holder, artifacts, log, print, onStep }: GracefulHalt,
  intent: HaltIntent,
): Published {
  return new Decided({ reason, intent, holder, onStep: onStep ?? (() => {}) })
    .persist(artifacts(intent))
    .log(log)
    .print(print)
    .publish();
}

async function abandon(halt: GracefulHalt, cause: ProducerError, deadlineMs: number): Promise<HaltOutcome> {
  report(halt, `no graceful halt for ${halt.reason}: ${cause.message}`, cause);
  await stopInOrder([...halt.shutdown.consensus, ...halt.shutdown.servers], deadlineMs);
  halt.exit(FAILURE_EXIT);
  return { kind: "failed", cause };
}

function reportStop({ failed, hung }: StopReport, halt: GracefulHalt): void {
  for (const { name, cause } of failed) report(halt, `${name} failed to stop`, cause);
  if (hung !== undefined) report(halt, `${hung} did not stop in time; going on without it`);
}

function report({ onProblem }: GracefulHalt, message: string, cause?: unknown): void {
  bestEffort(() => onProblem(message, cause));
}

/** The longest delay of a timer, in milliseconds. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** Keeps the process running meanwhile: signal handlers alone don't, and it may end by an outside signal only. */
async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const awake = setInterval(() => {}, LONGEST_DELAY);
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  clearInterval(awake);
}
