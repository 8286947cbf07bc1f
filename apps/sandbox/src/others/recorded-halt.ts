import type { ClusterEvent } from "../events/cluster-event.ts";

/** What was recorded of one halt: its node's end, and all that came after on this node. */
export interface RecordedHalt {
  /** Name of its NodeHalt. */
  readonly halt: string;
  readonly node: string;
  readonly reason: string;
  readonly plan: string;
  /** Undefined when the process stayed alive. */
  readonly exitCode: number | undefined;
  /** Milliseconds since the epoch. */
  readonly haltedAt: number;
  /** Until the node's next halt. */
  readonly after: readonly Happened[];
}

export interface Happened {
  readonly event: ClusterEvent;
  /** Milliseconds since the halt. */
  readonly atMs: number;
}

type Detected = Extract<ClusterEvent, { kind: "halt-step" }>;

/** The halts that events tell of, in their order. */
export function recordedHalts(events: readonly ClusterEvent[]): readonly RecordedHalt[] {
  const firstSteps = new Map<string, Detected>();
  for (const event of events)
    if (event.kind === "halt-step" && !firstSteps.has(event.halt)) firstSteps.set(event.halt, event);
  return [...firstSteps.values()].map((step) => haltOf(step, events, [...firstSteps.values()]));
}

function haltOf(
  step: Detected,
  events: readonly ClusterEvent[],
  firstSteps: readonly Detected[],
): RecordedHalt {
  const { node, halt, reason, plan } = step;
  const own = events.filter((event) => "node" in event && event.node === node);
  const before = own.slice(0, own.indexOf(step));
  const began = before.findLast(({ kind }) => kind === "node-ended" || kind === "node-halted") ?? step;
  const haltedAt = Date.parse(began.at);
  const next = firstSteps.find((other) => other.node === node && Date.parse(other.at) > Date.parse(step.at));
  const rest = own.slice(own.indexOf(began) + 1, next === undefined ? undefined : own.indexOf(next));
  const after = rest.map((event) => ({ event, atMs: Math.max(0, Date.parse(event.at) - haltedAt) }));
  const exitCode = began.kind === "node-ended" ? began.exitCode : undefined;
  return { halt, node, reason, plan, exitCode, haltedAt, after };
}
