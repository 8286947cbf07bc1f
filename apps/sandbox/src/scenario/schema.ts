import { z } from "zod";
import { ActionSchemas } from "../actions/action.ts";
import { GATES } from "../actions/names.ts";
import { oneOf } from "../actions/one-of.ts";
import { strictly } from "../actions/strictly.ts";

const Name = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/, "is not a name such as sei-0");
const Version = z.string().regex(/^v\d[\w.-]*$/, "is not a release such as v6.7");
const PlanName = z.string().min(1).max(128);
const Height = z.int().min(1);
const Seconds = z.number().positive().max(600);
const Text = z.string().min(1).max(400);
const Phase = z.enum([
  "Detected",
  "Recorded",
  "Swapping",
  "Recreating",
  "Recovering",
  "Recovered",
  "Held",
  "Paged",
  "Failed",
  "Withdrawn",
]);
const HaltsCondition = strictly({
  node: Name.optional(),
  reason: z.string().optional(),
  plan: PlanName.optional(),
  /** Exactly so many halts, all as below; without it, one at least. */
  count: z.int().min(0).optional(),
  atLeast: z.int().min(1).optional(),
  phase: z.union([Phase, z.array(Phase)]).optional(),
  /** Why it stands there, in one CamelCase word. */
  why: z.string().optional(),
  action: z.string().optional(),
  exitCode: z.union([z.int(), z.literal("none")]).optional(),
  sources: z.array(z.string()).optional(),
  recoveredPast: Height.optional(),
});

const NodeCondition = strictly({
  name: Name,
  /** The release that both its StatefulSet and its pod name. */
  image: Version.optional(),
  ready: z.boolean().optional(),
  running: z.boolean().optional(),
  exitCode: z.int().optional(),
  restarts: z.int().min(0).optional(),
  /** metadata.generation of its StatefulSet: 1 and the changes of its spec. */
  generation: z.int().min(1).optional(),
  /** Its pod is the one that halted: nobody deleted it. */
  samePod: z.boolean().optional(),
  past: Height.optional(),
});

/** What may be waited for, and expected at the end: all that is named must hold. */
const conditions = {
  halts: z.union([HaltsCondition, z.array(HaltsCondition)]).optional(),
  node: z.union([NodeCondition, z.array(NodeCondition)]).optional(),
  /** So many nodes are ready. */
  ready: z.int().min(0).optional(),
  /** Pages that went out, each counted once. */
  pages: strictly({ count: z.int().min(0), reason: z.string().optional() }).optional(),
  /** The controller has written down that it saw the node at work on this release. */
  record: strictly({ node: Name, image: Version }).optional(),
  /** The controller waits before this write. */
  held: z.enum(GATES).optional(),
};
export const ConditionSchema = strictly(conditions);
export type Condition = z.infer<typeof ConditionSchema>;
export type HaltsCondition = z.infer<typeof HaltsCondition>;
export type NodeCondition = z.infer<typeof NodeCondition>;

const WaitSchema = strictly({
  ...conditions,
  /** What is waited for, in words. */
  for: Text,
  /** Seconds until the scenario is given up. */
  within: Seconds.default(60),
});
export type Wait = z.infer<typeof WaitSchema>;

const SimpleSteps = {
  chapter: Text,
  wait: WaitSchema,
  /** Waits until the controller has seen every node that it can reach near a plan's height, and lets them come to it; until then they wait before it. */
  approach: strictly({ height: Height, within: Seconds.default(60) }),
  /** Seconds in which nothing is done, for who watches; `--speed` divides them. */
  pause: Seconds,
  ...ActionSchemas,
};
const SimpleStepSchema = oneOf("step", SimpleSteps);
export type SimpleStep = z.infer<typeof SimpleStepSchema>;

const StepSchema = oneOf("step", {
  ...SimpleSteps,
  /** Lists of steps that run at the same time. */
  together: z.array(z.array(SimpleStepSchema).min(1)).min(2),
});
export type Step = z.infer<typeof StepSchema>;

const NodeSchema = strictly({
  name: Name,
  image: Version.default("v6.6"),
  /** More arguments for `mock-node start`. */
  args: z.array(z.string()).default([]),
});

/** A scenario: what is there, what is done, and what must be true in the end. Left out, the demo's manifests say it. */
export const ScenarioSchema = strictly({
  title: Text,
  /** The question of a reviewer that it answers. */
  question: Text,
  plans: z
    .array(strictly({ name: PlanName, height: Height, info: z.string().default("") }))
    .min(1)
    .optional(),
  nodes: z.array(NodeSchema).min(1).max(64).optional(),
  /** The nodes are SeiNodes of a SeiNetwork of this name, and what stands for Sei's controllers looks after both. */
  seiNetwork: Name.optional(),
  /** Members of the HaltPolicy's spec that differ from the demo's. */
  policy: z.record(z.string(), z.json()).default({}),
  /** Processes of the controller; two elect a leader. */
  controllers: z.int().min(1).max(2).default(1),
  /** The pager refuses what it is sent, until a step says otherwise. */
  pagerDown: z.boolean().default(false),
  steps: z.array(StepSchema).min(1),
  expect: z.array(strictly({ ...conditions, text: Text })).min(1),
});
export type Scenario = z.infer<typeof ScenarioSchema>;
