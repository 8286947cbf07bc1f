import type { HaltIntentReading, HaltReason, ReservedRange } from "@upgrade-halt/contract";
import type { PlanLine } from "./log/find-plan-lines.ts";

/**
 * Everything that was seen of one node, in named slots. A slot that nobody filled says nothing. All times are
 * milliseconds since the epoch. Evidence is data: it comes from adapters, `readStatus` and the caller's own memory.
 */
export interface Evidence {
  /** The process as it is now: running, waiting to be started, or ended. */
  readonly process?: ProcessSighting | undefined;
  /** How the instance before that one ended (Kubernetes `lastState`), where the platform remembers. */
  readonly previous?: EndedProcess | undefined;
  /** The newest reading of `/status`. */
  readonly status?: StatusSighting | undefined;
  /** Since when `/status` has told the same height, up to `status`. */
  readonly heightStillSince?: number | undefined;
  /** How long a height must not have moved to count as a standstill, in ms. Default 30,000. */
  readonly standstillMs?: number | undefined;
  /** What an earlier observer remembers of the node from before. */
  readonly lastSeen?: LastSeen | undefined;
  /** The chain that the operator expects the node to be on. A status of another chain proves nothing. */
  readonly chainId?: string | undefined;
  /** The upgrades that an operator has listed for this node. */
  readonly listed?: readonly ListedPlan[] | undefined;
  /** cosmovisor's `<home>/data/upgrade-info.json`, where the caller can read it. */
  readonly upgradeInfo?: UpgradeInfo | undefined;
  /** The halt that was concluded before for this same container: it latches. */
  readonly believed?: HaltBelief | undefined;
}

/** How a process left. `code` is 0-255; `signal` a name such as `SIGKILL`. */
export type ProcessEnd =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signalled"; readonly signal: string }
  /** Killed by the kernel or the runtime for its memory. */
  | { readonly kind: "out-of-memory" }
  /** It is gone, and nobody recorded how. */
  | { readonly kind: "unrecorded" };

/** A process that runs now. */
export interface RunningProcess {
  readonly kind: "running";
  /** Milliseconds since the epoch. */
  readonly startedAt?: number | undefined;
  /** The halt lines in this process's log, where a caller reads logs: see `findPlanLines`. */
  readonly planLines?: readonly PlanLine[] | undefined;
}

/** A process that is gone, and how it left. */
export interface EndedProcess {
  readonly kind: "ended";
  readonly end: ProcessEnd;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly endedAt?: number | undefined;
  /** The halt lines in this process's log tail or termination message: see `findPlanLines`. */
  readonly planLines?: readonly PlanLine[] | undefined;
}

/** Not running now, and about to be (back-off, image pull): `reason` as the platform words it. */
export interface WaitingProcess {
  readonly kind: "waiting";
  readonly reason?: string | undefined;
}

/** What was seen of a process. */
export type ProcessSighting = RunningProcess | EndedProcess | WaitingProcess;

/** `bare` as Sei's GET answers, `json-rpc` as Sei's POST and CometBFT's GET do. */
export type StatusEnvelope = "bare" | "json-rpc";

/** What a node's `/status` says of itself. Only the intent is always there: it may be `absent`. */
export interface NodeStatus {
  readonly chainId?: string | undefined;
  /** The last block that the node has, `sync_info.latest_block_height`. */
  readonly height?: number | undefined;
  readonly catchingUp?: boolean | undefined;
  readonly moniker?: string | undefined;
  /** Address of the consensus key that the node signs with, 40 upper-case hex digits. */
  readonly validatorAddress?: string | undefined;
  readonly haltIntent: HaltIntentReading;
}

/** The node answered with a status. */
export interface AnsweredStatus {
  readonly kind: "answered";
  /** When the reader had the answer, by the reader's clock, in milliseconds since the epoch. */
  readonly at: number;
  readonly envelope: StatusEnvelope;
  readonly node: NodeStatus;
}

/** Nothing usable came back: `problem` in words. */
export interface SilentStatus {
  readonly kind: "silent";
  /** When the reader gave up, by the reader's clock, in milliseconds since the epoch. */
  readonly at: number;
  readonly problem: string;
}

/** What a reading of `/status` brought. */
export type StatusSighting = AnsweredStatus | SilentStatus;

/** The node as it last was before now, while it still ran. */
export interface LastSeen {
  /** The last block that it had. */
  readonly height?: number | undefined;
  readonly chainId?: string | undefined;
  /** When the process that was seen had started. */
  readonly processStartedAt?: number | undefined;
}

/** An upgrade that an operator expects. */
export interface ListedPlan {
  /** Exactly as the chain names the plan. */
  readonly planName: string;
  /** The block of the plan. Nothing is acted on where it is left out. */
  readonly height?: number | undefined;
}

/** The content of `upgrade-info.json`, and when the file was written. */
export interface UpgradeInfo {
  readonly name: string;
  /** The block of the plan. */
  readonly height?: number | undefined;
  /** When the file was written, in milliseconds since the epoch. */
  readonly modifiedAt?: number | undefined;
}

/** Where knowledge of a halt came from. The first three announce one; the others only confirm it. */
export const HALT_SOURCES = [
  "live-intent",
  "exit-code",
  "plan-line",
  "listed-plan",
  "last-height",
  "upgrade-info",
] as const;
/** One of {@link HALT_SOURCES}. */
export type HaltSource = (typeof HALT_SOURCES)[number];

/** A halt for a reason that this reader knows. */
export interface KnownHalt {
  readonly kind: "halted";
  readonly reason: HaltReason;
  /** The plan's name as the node gave it, untrusted: `printable` it before it meets a terminal. */
  readonly plan?: string | undefined;
  /** The plan's height as the node gave it. A height that is only listed is not taken for the node's own. */
  readonly height?: number | undefined;
  /** Two independent sources agree. Without it, nothing is to be changed without a person. */
  readonly corroborated: boolean;
  /** The sources that agree, each once, in the order of `HALT_SOURCES`. None where one disputes another. */
  readonly sources: readonly HaltSource[];
  /** One source says something else than another: `contradictions` has what. */
  readonly disputed?: true | undefined;
  /** The node did not announce the halt itself: it was inferred from its log, its end and its height. */
  readonly inferred?: true | undefined;
  /** The halt is one from before the newest process, which runs, or worked and ended otherwise, and did not show it itself. */
  readonly notShown?: true | undefined;
}

/** A halt by a code or reason that this reader does not know, or that it could not read. */
export interface UnrecognisedHalt {
  readonly kind: "unrecognised-halt";
  /** The exit code or wire `reason`, where there was a number. */
  readonly code?: number | undefined;
  readonly range: ReservedRange | "outside" | "unreadable";
}

/** A halt that was concluded earlier: the verdict of then, whole or these fields of it. */
export type HaltBelief = KnownHalt | UnrecognisedHalt;
