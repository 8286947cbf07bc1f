import type { KnownHalt, UnrecognisedHalt } from "./evidence.ts";

interface Judgement {
  /** One sentence for a person, free of control characters. */
  readonly why: string;
  /** What was seen that does not fit, one sentence each; of a disputed halt, what disputes it first. */
  readonly contradictions: readonly string[];
}

/** The node runs, and nothing says that it halted. */
export interface RunningVerdict extends Judgement {
  readonly kind: "running";
  /** The last block that it said it has. */
  readonly height?: number | undefined;
}

/** What `/status` itself told of a node, now or when it was read before. Nothing else counts as seen. */
export interface SeenNode {
  readonly chainId?: string | undefined;
  /** The highest block that it was seen at. */
  readonly height?: number | undefined;
}

/** The node stopped on purpose and waits for an operator. */
export interface HaltedVerdict extends Judgement, KnownHalt {
  /** What the node was truly seen at: acting needs its chain and, for an upgrade, a height within reach. */
  readonly seen?: SeenNode | undefined;
}

/** The node stopped on purpose, for something that this reader cannot name. */
export interface UnrecognisedHaltVerdict extends Judgement, UnrecognisedHalt {}

/** `panic` is a Go program's exit 2; `error` any other exit that nothing explains. */
export type CrashCause =
  | { readonly kind: "panic"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: string }
  | { readonly kind: "out-of-memory" }
  | { readonly kind: "error"; readonly code: number };

/** The node ended, and no halt explains it: its supervisor may restart it. */
export interface CrashedVerdict extends Judgement {
  readonly kind: "crashed";
  readonly cause: CrashCause;
}

/** It ended in order: with 0, or because somebody asked it to by a signal. */
export interface StoppedVerdict extends Judgement {
  readonly kind: "stopped";
}

/** Not enough was seen to say anything. */
export interface UnknownVerdict extends Judgement {
  readonly kind: "unknown";
}

/** What became of a node. */
export type Verdict =
  | RunningVerdict
  | HaltedVerdict
  | UnrecognisedHaltVerdict
  | CrashedVerdict
  | StoppedVerdict
  | UnknownVerdict;
