import { z } from "zod";
import { BEHAVIOURS, GATES } from "./names.ts";
import { type OneOf, oneOf } from "./one-of.ts";
import { strictly } from "./strictly.ts";

const Name = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "is not a name such as sei-0");
const Version = z.string().regex(/^v\d[\w.-]{0,30}$/, "is not a release such as v6.7");
const PlanName = z.string().min(1).max(128);
const Height = z.int().min(1);
const OnNode = strictly({ node: Name });
const UpOrDown = z.enum(["up", "down"]);

/** What a person, or a fault, can do while a scenario runs; the page, the command line and scenario files share it. */
export const ActionSchemas = {
  /** Sets another release, as somebody who rolls it out. */
  install: strictly({ node: Name, version: Version }),
  /** SIGQUIT, which ends a Go program as a panic does. */
  crash: OnNode,
  /** SIGSTOP, and SIGCONT. */
  hang: OnNode,
  resume: OnNode,
  /** Starts the node anew with other flags. */
  behave: strictly({ node: Name, as: z.enum(Object.keys(BEHAVIOURS) as [keyof typeof BEHAVIOURS]) }),
  /** Adds a plan to the chain; the nodes that run are started anew, as they read their plans at the start. */
  schedule: strictly({ plan: PlanName, height: Height, minor: z.boolean().default(false) }),
  /** Lists an image for a plan in the policy, and takes it off the list. */
  list: strictly({ plan: PlanName, height: Height, version: Version }),
  unlist: strictly({ plan: PlanName }),
  /** Changes how far the controller may go. */
  policy: strictly({
    paused: z.boolean().optional(),
    dryRun: z.boolean().optional(),
    inferredHalts: z.enum(["Ignore", "Page", "Act"]).optional(),
    maxConcurrent: z.int().min(1).max(100).optional(),
  }),
  pager: UpOrDown,
  /** The network between the controllers and the API server. */
  network: UpOrDown,
  /** Cuts the network between the controllers and one node, and heals it. */
  isolate: OnNode,
  rejoin: OnNode,
  kill: z.enum(["leader", "standby"]),
  /** The controller waits before it next makes this write. */
  hold: z.enum(GATES),
  release: z.enum(GATES),
} as const;

export type Action = OneOf<typeof ActionSchemas>;
export const ActionSchema = oneOf("action", ActionSchemas);
