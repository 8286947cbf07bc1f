import { z } from "zod";
import type { Off } from "../given/allowed.ts";

/** What others wrote into an object of the API: shown as text, where it is text. */
const Members = z.record(z.string(), z.json());
const Text = z.string();
const Whole = z.int();

/** A node as the page shows it. */
export const NodeStateSchema = z.object({
  node: Text,
  wantedImage: Text,
  podImage: Text,
  podUid: Text,
  podIp: Text,
  isReady: z.boolean(),
  isRunning: z.boolean(),
  exitCode: Whole.optional(),
  restartCount: Whole,
  pid: Whole,
  /** The height that its `/status` told last; 0 before the first. */
  height: Whole,
  /** metadata.generation of its StatefulSet. */
  generation: Whole,
  /** Why its `/status` gives no newer answer; empty when it does. */
  statusFault: Text,
});
export type NodeState = z.infer<typeof NodeStateSchema>;

export const HaltStateSchema = z.object({ name: Text, node: Text, spec: Members, status: Members });
export type HaltState = z.infer<typeof HaltStateSchema>;

/** A write of a controller that the API server answered. */
export const WriteSchema = z.object({
  controller: Whole,
  method: Text,
  path: Text,
  status: Whole,
  at: Text,
});
export type Write = z.infer<typeof WriteSchema>;

const Page = z.object({ key: Text, summary: Text, reason: Text, nodeHalt: Text, isOver: z.boolean() });
const Policy = z.object({
  upgrades: z
    .array(z.object({ plan: Text, height: Whole, image: Text }))
    .readonly()
    .optional(),
  paused: z.boolean().optional(),
  dryRun: z.boolean().optional(),
  inferredHalts: Text.optional(),
  maxConcurrent: Whole.optional(),
});

/** Everything of a run that is neither a node nor a halt nor a write. */
export const AroundSchema = z.object({
  name: Text,
  title: Text,
  question: Text,
  namespace: Text,
  steps: Whole,
  isReady: z.boolean(),
  fault: Text,
  pages: z.array(Page).readonly(),
  controllers: z.array(z.object({ pid: Whole, leads: z.boolean() })).readonly(),
  isNetworkCut: z.boolean(),
  /** Nodes that the controllers can't reach; older recordings know of none. */
  isolated: z.array(Text).readonly().default([]),
  isPagerDown: z.boolean(),
  armed: z.array(Text).readonly(),
  held: z.array(Text).readonly(),
  policy: Policy,
});
export type Around = z.infer<typeof AroundSchema>;

/** How a recording is being told. */
export interface ReplayState {
  /** Divides the time between events; 0 stands still. */
  readonly speed: number;
  /** Entries that were told, and how many there are. */
  readonly told: number;
  readonly of: number;
}

/** What a page over a cluster that was given has to say besides. */
export interface Given {
  readonly server: string;
  /** What can't be done here, and why. */
  readonly off: Off;
  /** What may not be read, or can't be now. */
  readonly unread: readonly { readonly what: string; readonly why: string }[];
}

/** What the page shows of a run, besides its events. */
export interface RunState extends Readonly<Around> {
  readonly run: number;
  readonly now: string;
  readonly nodes: readonly NodeState[];
  readonly halts: readonly HaltState[];
  readonly writes: readonly Write[];
  /** Why nothing can be changed here; empty when it can. */
  readonly noChanges: string;
  /** Undefined while the run is live. */
  readonly replay?: ReplayState;
  readonly given?: Given;
}

export interface NodeDetails {
  /** The end of its log. */
  readonly log: string;
  /** The raw body of its last answer. */
  readonly status: string;
  /** Why there is no newer answer; empty when there is one. */
  readonly fault: string;
}
