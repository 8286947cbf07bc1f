import type { HaltReason, ReservedRange } from "@upgrade-halt/contract";
import type { HaltSource } from "./evidence.ts";

interface Judgement {
  /** One sentence for a person, free of control characters. */
  readonly why: string;
  /** What was seen that does not fit, one sentence each, in no order that means anything. */
  readonly contradictions: readonly string[];
}

export interface RunningVerdict extends Judgement {
  readonly kind: "running";
  readonly height?: number | undefined;
}

/** The node stopped on purpose and waits for an operator. A `HaltBelief` is made of these same fields. */
export interface HaltedVerdict extends Judgement {
  readonly kind: "halted";
  readonly reason: HaltReason;
  /** The plan's name as the node gave it, untrusted: `printable` it before it meets a terminal. */
  readonly plan?: string | undefined;
  readonly height?: number | undefined;
  /** Two independent sources agree. Without it, nothing is to be changed without a person. */
  readonly corroborated: boolean;
  /** The sources that agree, each once, in the order of `HALT_SOURCES`. */
  readonly sources: readonly HaltSource[];
}

/** A halt by a code or reason that this reader does not know, or that it could not read. */
export interface UnrecognisedHaltVerdict extends Judgement {
  readonly kind: "unrecognised-halt";
  readonly code?: number | undefined;
  readonly range: ReservedRange | "outside" | "unreadable";
}

/** `panic` is a Go program's exit 2; `error` any other exit that nothing explains. */
export type CrashCause =
  | { readonly kind: "panic"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: string }
  | { readonly kind: "out-of-memory" }
  | { readonly kind: "error"; readonly code: number };

export interface CrashedVerdict extends Judgement {
  readonly kind: "crashed";
  readonly cause: CrashCause;
}

/** It ended in order: with 0, or because somebody asked it to by a signal. */
export interface StoppedVerdict extends Judgement {
  readonly kind: "stopped";
}

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
