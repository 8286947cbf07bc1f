import { z } from "zod";
import { ConditionSchema } from "./condition.ts";
import type { ObjectMeta } from "./object-meta.ts";
import { PagingTargetSchema } from "./paging.ts";
import { cel, listMap } from "./validation.ts";

const name = z.string().min(1).max(253);

const LabelSelectorSchema = z
  .object({
    matchLabels: z.record(z.string(), z.string()).optional(),
    matchExpressions: z
      .array(
        z.object({
          key: z.string().max(317),
          operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]),
          values: z.array(z.string().max(63)).max(64).optional(),
        }),
      )
      .max(32)
      .optional(),
  })
  .meta({
    description:
      "Pods of this namespace that the policy governs. When two policies select a pod, the older one governs it (creationTimestamp, then name).",
  });
export type LabelSelector = z.infer<typeof LabelSelectorSchema>;

/** One upgrade that a person has decided on: the image to run for exactly this plan. */
export const UpgradeSchema = z.object({
  planName: z.string().min(1).max(128).meta({ description: "Name of the x/upgrade plan, matched exactly." }),
  height: z
    .int()
    .min(1)
    .optional()
    .meta({ description: "Height of the plan. When given, a halt at another height is held and paged." }),
  image: z
    .string()
    .min(1)
    .max(512)
    .meta({ description: "Image that runs past the plan, by digest unless spec.allowTags." }),
});
export type Upgrade = z.infer<typeof UpgradeSchema>;

const CustomResourceSchema = z.object({
  apiVersion: z.string().min(1).max(317).meta({ description: "Such as sei.io/v1alpha1." }),
  kind: z.string().min(1).max(63).meta({ description: "Such as SeiNode." }),
  resource: z.string().min(1).max(63).meta({ description: "Plural name in the URL, such as seinodes." }),
  nameLabel: z.string().max(317).optional().meta({
    description: "Pod label that holds the object's name; the pod's owners are followed when absent.",
  }),
  imagePath: z
    .string()
    .regex(/^[a-zA-Z][a-zA-Z0-9]*(\.[a-zA-Z][a-zA-Z0-9]*)*$/)
    .max(253)
    .default("spec.image")
    .meta({ description: "Field that holds the image." }),
});
export type CustomResourceTarget = z.infer<typeof CustomResourceSchema>;

const TargetSchema = z
  .object({
    kind: z.enum(["StatefulSet", "Deployment", "CustomResource"]).default("StatefulSet"),
    customResource: CustomResourceSchema.optional(),
  })
  .meta({
    description: "What owns the pods, and so where the image is changed.",
    ...cel({
      rule: "(self.kind == 'CustomResource') == has(self.customResource)",
      message: "customResource belongs to kind CustomResource, and must be given for it",
    }),
  });

const ActionsSchema = z
  .object({
    upgradeRequired: z.enum(["SwapImage", "Page", "Hold"]).default("SwapImage"),
    binaryTooNew: z.enum(["RollBack", "Page", "Hold"]).default("RollBack"),
    downgradeDetected: z.enum(["Page", "Hold"]).default("Page"),
    unrecognised: z.enum(["Page", "Hold"]).default("Hold"),
  })
  .meta({
    description:
      "What to do for each reason. Page and Hold both tell a person and change nothing; Hold goes on when the policy changes. A crash is always left to the kubelet.",
  });

const digests = cel({
  rule: "self.allowTags || self.upgrades.all(u, u.image.matches('@sha256:[0-9a-f]{64}$'))",
  message: "images must be given by digest (name@sha256:...), unless allowTags is true",
});

/** `HaltPolicy.spec`: which pods, which image for which plan, and how far the controller may go. */
export const HaltPolicySpecSchema = z
  .object({
    selector: LabelSelectorSchema,
    container: name.max(63).meta({ description: "Name of the container that runs the node." }),
    rpcPort: z
      .string()
      .min(1)
      .max(15)
      .default("rpc")
      .meta({ description: "Name of that container's port which serves /status." }),
    allowTags: z
      .boolean()
      .default(false)
      .meta({ description: "Accept images by tag. A tag can move: use digests in production." }),
    upgrades: z.array(UpgradeSchema).max(128).default([]).meta(listMap("planName")),
    target: TargetSchema.default({ kind: "StatefulSet" }),
    actions: ActionsSchema.default({
      upgradeRequired: "SwapImage",
      binaryTooNew: "RollBack",
      downgradeDetected: "Page",
      unrecognised: "Hold",
    }),
    maxConcurrent: z
      .int()
      .min(1)
      .max(10_000)
      .default(1)
      .meta({ description: "How many nodes may be between their swap and their recovery at a time." }),
    errorBudget: z
      .int()
      .min(1)
      .max(10_000)
      .default(1)
      .meta({ description: "After so many failed swaps that nobody acknowledged, no further swap is made." }),
    paused: z.boolean().default(false).meta({ description: "Record and page, but change nothing." }),
    dryRun: z
      .boolean()
      .default(false)
      .meta({ description: "Record what would be done, and do none of it (no page either)." }),
    recoveryTimeoutSeconds: z.int().min(1).max(604_800).default(600).meta({
      description: "A swapped node must pass the plan's height within this time, or its halt is Failed.",
    }),
    paging: z.array(PagingTargetSchema).max(8).default([]),
  })
  .meta({ description: "Which pods to watch, and what to do when one halts.", ...digests });
export type HaltPolicySpec = z.infer<typeof HaltPolicySpecSchema>;

const count = z.int().min(0);

/** `HaltPolicy.status`: derived afresh from pods and NodeHalts, never an input to a decision. */
export const HaltPolicyStatusSchema = z.object({
  observedGeneration: count.optional(),
  pods: count.optional().meta({ description: "Pods that this policy governs." }),
  running: count.optional().meta({ description: "Of these, running and not halted." }),
  halted: count.optional().meta({ description: "Of these, halted now." }),
  crashed: count
    .optional()
    .meta({ description: "Of these, last ended in a crash, which is left to the kubelet." }),
  restarts: count
    .optional()
    .meta({ description: "Restarts of the node containers: what the kubelet did about crashes." }),
  recovered: count.optional().meta({ description: "NodeHalts that ended Recovered." }),
  failed: count.optional().meta({ description: "NodeHalts that ended Failed and nobody acknowledged." }),
  conditions: z.array(ConditionSchema).max(16).optional().meta(listMap("type")),
});
export type HaltPolicyStatus = z.infer<typeof HaltPolicyStatusSchema>;

/** A `HaltPolicy` as the API server holds it: defaults are filled in. */
export interface HaltPolicy {
  readonly apiVersion: string;
  readonly kind: "HaltPolicy";
  readonly metadata: ObjectMeta;
  readonly spec: HaltPolicySpec;
  readonly status?: HaltPolicyStatus;
}

/**
 * A policy with every default filled in, as the API server does by the CustomResourceDefinition: one that was stored
 * before a field had its default lacks it. A spec that doesn't fit is left as it is.
 */
export function withDefaults(policy: HaltPolicy): HaltPolicy {
  const { success, data } = HaltPolicySpecSchema.safeParse(policy.spec);
  return success ? { ...policy, spec: data } : policy;
}
