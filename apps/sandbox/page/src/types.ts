import type { ClusterEvent } from "../../src/events/cluster-event.ts";
import type { RunState } from "../../src/recording/run-state.ts";

export type State = RunState;
export type Node = State["nodes"][number];
export type Halt = State["halts"][number];
export interface Told {
  readonly id: string;
  readonly event: ClusterEvent;
}

/** One entry of a NodeHalt's journal, as far as it can be read. */
export interface Step {
  readonly phase: string;
  readonly at: string;
  readonly message: string;
}

/** The journal of a halt: what somebody else may have written is shown only where it is text. */
export function stepsOf({ status }: Halt): readonly Step[] {
  const steps = Array.isArray(status.steps) ? status.steps : [];
  return steps.map((step: unknown) => {
    const one = (typeof step === "object" && step !== null ? step : {}) as Readonly<Record<string, unknown>>;
    return { phase: textOf(one.phase), at: textOf(one.at), message: textOf(one.message) };
  });
}

export function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
