/** One column of time for every event: when it was seen, RFC 3339 with milliseconds. */
interface Seen {
  readonly at: string;
}

/** A node: the name of its StatefulSet. */
interface AboutNode extends Seen {
  readonly node: string;
  /** Milliseconds since the node's halt or crash was seen, until that one is over. */
  readonly sinceHaltMs?: number;
}

export interface ClusterReady extends Seen {
  readonly kind: "cluster-ready";
  readonly server: string;
  readonly kubeconfig: string;
}

/** A part of the run begins. */
export interface Chapter extends Seen {
  readonly kind: "chapter";
  readonly title: string;
}

export interface Applied extends Seen {
  readonly kind: "applied";
  readonly what: string;
  readonly objects: number;
}

export interface ControllerStarted extends Seen {
  readonly kind: "controller-started";
  readonly pid: number;
}

/** The controller ended although nobody had asked it to. */
export interface ControllerEnded extends Seen {
  readonly kind: "controller-ended";
  readonly pid: number;
  readonly exit: string;
}

export interface OperatorDid extends Seen {
  readonly kind: "operator-did";
  readonly node: string;
  readonly what: string;
}

export interface NodeStarted extends AboutNode {
  readonly kind: "node-started";
  readonly image: string;
  readonly podUid: string;
  readonly restartCount: number;
}

export interface NodeReady extends AboutNode {
  readonly kind: "node-ready";
  readonly image: string;
}

export interface NodeEnded extends AboutNode {
  readonly kind: "node-ended";
  readonly exitCode: number;
  readonly image: string;
  readonly lastLine: string;
}

/** A node halted and its process lives on: what its `/status` told the controller. */
export interface NodeHalted extends AboutNode {
  readonly kind: "node-halted";
  readonly reason: string;
  readonly plan: string;
  readonly height: number;
}

export interface ImageChanged extends AboutNode {
  readonly kind: "image-changed";
  readonly from: string;
  readonly to: string;
}

export interface HaltStep extends AboutNode {
  readonly kind: "halt-step";
  readonly halt: string;
  readonly reason: string;
  readonly plan: string;
  readonly phase: string;
  readonly action: string;
  readonly message: string;
}

export interface Paged extends AboutNode {
  readonly kind: "paged";
  readonly key: string;
  readonly summary: string;
}

export interface Expectation extends Seen {
  readonly kind: "expectation";
  readonly text: string;
  readonly held: boolean;
  readonly found: string;
}

/** A line of the table at the end. */
export interface Outcome extends Seen {
  readonly kind: "outcome";
  readonly node: string;
  readonly reason: string;
  readonly plan: string;
  readonly verdict: string;
  readonly action: string;
  readonly end: string;
  /** From the end of the process (or the moment the halt was detected, when it stayed alive), in milliseconds. */
  readonly haltToSwapMs: number | null;
  readonly haltToEndMs: number | null;
}

/** The last event: how many expectations there were, and how many of them did not hold. */
export interface TheEnd extends Seen {
  readonly kind: "the-end";
  readonly expectations: number;
  readonly broken: number;
}

/** Everything that happens in a run; readers switch on `kind`. */
export type ClusterEvent =
  | Chapter
  | ClusterReady
  | Applied
  | ControllerStarted
  | ControllerEnded
  | OperatorDid
  | NodeStarted
  | NodeReady
  | NodeEnded
  | NodeHalted
  | ImageChanged
  | HaltStep
  | Paged
  | Expectation
  | Outcome
  | TheEnd;

type WithoutTime<E> = E extends ClusterEvent ? Omit<E, "at"> : never;

/** An event before its time is set. */
export type NewEvent = WithoutTime<ClusterEvent>;

export type EventReader = (event: ClusterEvent) => void;

/** Every kind of event. */
export const EVENT_KINDS = [
  "cluster-ready",
  "chapter",
  "applied",
  "controller-started",
  "controller-ended",
  "operator-did",
  "node-started",
  "node-ready",
  "node-ended",
  "node-halted",
  "image-changed",
  "halt-step",
  "paged",
  "expectation",
  "outcome",
  "the-end",
] as const satisfies readonly ClusterEvent["kind"][];
