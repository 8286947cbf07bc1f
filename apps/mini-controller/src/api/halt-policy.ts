import type { ObjectMeta } from "@upgrade-halt/kube";
import { z } from "zod";
import { ConditionSchema } from "./condition.ts";
import { keptMetadata } from "./object-meta.ts";
import { PagingTargetSchema } from "./paging.ts";
import { unknownFields } from "./unknown-fields.ts";
import { cel, listMap } from "./validation.ts";

/** Name of the port at which a node serves `/status`, unless a policy says otherwise. */
export const DEFAULT_RPC_PORT = "rpc";

const RequirementSchema = z
  .object({
    key: z.string().min(1).max(317).meta({ description: "Label that is asked for." }),
    operator: z
      .enum(["In", "NotIn", "Exists", "DoesNotExist"])
      .meta({ description: "How the label's value relates to values." }),
    values: z
      .array(z.string().max(63))
      .max(64)
      .optional()
      .meta({ description: "Values for In and NotIn; a pod without the label satisfies NotIn." }),
  })
  .meta({
    description: "One requirement; all of them must be satisfied.",
    ...cel({
      rule: "(self.operator in ['In', 'NotIn']) == (has(self.values) && self.values.size() > 0)",
      message: "In and NotIn need values, Exists and DoesNotExist take none",
    }),
  });

const LabelSelectorSchema = z
  .object({
    matchLabels: z
      .record(z.string(), z.string().max(63))
      .optional()
      .meta({ description: "Labels that a pod must have with exactly these values." }),
    matchExpressions: z
      .array(RequirementSchema)
      .max(32)
      .optional()
      .meta({ description: "Requirements besides matchLabels." }),
  })
  .meta({
    description:
      "Pods of this namespace that the policy governs; {} takes all of them. When several policies select a pod, one governs it: the oldest by creationTimestamp, of the same age the first by name.",
  });
export type LabelSelector = z.infer<typeof LabelSelectorSchema>;

/** One upgrade that a person has decided on: the image to run for exactly this plan. */
const UpgradeSchema = z
  .object({
    planName: z
      .string()
      .min(1)
      .max(128)
      .meta({ description: "Name of the x/upgrade plan, matched exactly." }),
    height: z.int().min(1).optional().meta({
      description:
        "Height of the plan. Only a listed height binds: without it the halt is held and paged, and so is a halt at another height.",
    }),
    image: z
      .string()
      .min(1)
      .max(512)
      .regex(/^\S+$/)
      .meta({ description: "Image that runs past the plan, by digest unless spec.allowTags." }),
  })
  .meta({ description: "One plan and the image for it." });

const KIND_FIELDS = {
  apiVersion: z
    .string()
    .max(317)
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+\/[a-z0-9]+$/)
    .meta({ description: "Group and version, such as sei.io/v1alpha1." }),
  kind: z
    .string()
    .max(63)
    .regex(/^[A-Za-z][A-Za-z0-9]*$/)
    .meta({ description: "Kind, such as SeiNode." }),
  resource: z
    .string()
    .max(63)
    .regex(/^[a-z][a-z0-9-]*$/)
    .meta({ description: "Plural name in the URL, such as seinodes." }),
  imagePath: z
    .string()
    .regex(/^[a-zA-Z][a-zA-Z0-9]*(\.[a-zA-Z][a-zA-Z0-9]*)*$/)
    .max(253)
    .default("spec.image")
    .meta({ description: "Field that holds the image." }),
} as const;

const OwnerSchema = z.object(KIND_FIELDS).meta({
  description:
    "The kind of object, such as SeiNetwork, that controls these and writes its own image into each of them. Where it does, the image is set in its field, once every node under it has halted for the plan. Left out, such objects are not changed, and their owner is paged about.",
});
export type OwnerTarget = z.infer<typeof OwnerSchema>;

const CustomResourceSchema = z
  .object({
    ...KIND_FIELDS,
    nameLabel: z.string().max(317).optional().meta({
      description: "Pod label that holds the object's name; the pod's owners are followed when absent.",
    }),
    owner: OwnerSchema.optional(),
  })
  .meta({ description: "The custom resource whose own controller carries the image on to a StatefulSet." });
export type CustomResourceTarget = z.infer<typeof CustomResourceSchema>;

const TargetSchema = z
  .object({
    kind: z.enum(["StatefulSet", "Deployment", "CustomResource"]).default("StatefulSet").meta({
      description: "Kind of the owner. Neither a StatefulSet's strategy nor a Deployment's matters.",
    }),
    customResource: CustomResourceSchema.optional(),
    ownerIntervalSeconds: z.int().min(1).max(86_400).optional().meta({
      description:
        "How often an owner or a GitOps tool writes back what it declares, 60 unless said. Where there is one, a node has recovered only once its new image has stayed for that long.",
    }),
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
    upgradeRequired: z
      .enum(["SwapImage", "Page", "Hold"])
      .default("SwapImage")
      .meta({ description: "Exit code 70: the chain is at a plan that the binary can't run." }),
    binaryTooNew: z
      .enum(["RollBack", "Page", "Hold"])
      .default("RollBack")
      .meta({ description: "Exit code 71: the binary is for a plan whose height has not come." }),
    downgradeDetected: z
      .enum(["Page", "Hold"])
      .default("Page")
      .meta({ description: "Exit code 72: the binary is older than the chain's data. Never restarted." }),
    unrecognised: z
      .enum(["Page", "Hold"])
      .default("Hold")
      .meta({ description: "A halt for a reason that this controller doesn't know." }),
  })
  .meta({
    description:
      "What to do for each reason. Page and Hold both tell a person and change nothing; Hold goes on when the policy changes. A crash is always left to the kubelet.",
  });

const digests = cel({
  rule: "self.allowTags || self.upgrades.all(u, has(u.image) && u.image.matches('^[^@]+@sha256:[0-9a-f]{64}$'))",
  message: "images must be given by digest (name@sha256:...), unless allowTags is true",
});

// Without a default in the schema: it would stand in every policy, also before a controller that does not know the field.
const historyLimit = z.int().min(0).max(1_000).optional();

/** `HaltPolicy.spec`: which pods, which image for which plan, and how far the controller may go. */
export const HaltPolicySpecSchema = z
  .object({
    selector: LabelSelectorSchema,
    chainId: z.string().min(1).max(128).regex(/^\S+$/).optional().meta({
      description:
        "Chain that the upgrades are of, as /status tells it, such as pacific-1. Without it nothing is changed; a node of another chain is held and paged.",
    }),
    container: z.string().min(1).max(63).meta({ description: "Name of the container that runs the node." }),
    rpcPort: z
      .string()
      .min(1)
      .max(15)
      .default(DEFAULT_RPC_PORT)
      .meta({ description: "Name of that container's port which serves /status." }),
    allowTags: z
      .boolean()
      .default(false)
      .meta({ description: "Accept images by tag. A tag can move: use digests in production." }),
    upgrades: z
      .array(UpgradeSchema)
      .max(128)
      .default([])
      .meta({ description: "Images by plan. Nothing else is ever run.", ...listMap("planName") }),
    target: TargetSchema.default({ kind: "StatefulSet" }),
    roll: z.enum(["WholeSet", "OnePartition"]).default("WholeSet").meta({
      description:
        "When the template of several pods changes. WholeSet: when every one of them has halted for the plan. OnePartition: also when the last ordinals have; the others are kept on their revision by the partition of a RollingUpdate, which is moved along.",
    }),
    actions: ActionsSchema.default({
      upgradeRequired: "SwapImage",
      binaryTooNew: "RollBack",
      downgradeDetected: "Page",
      unrecognised: "Hold",
    }),
    inferredHalts: z.enum(["Ignore", "Page", "Act"]).default("Page").meta({
      description:
        "What to do about a halt that the node did not announce, and that its log, its end or standstill and its height tell. Ignore: take it for the crash or the standstill that it looks like. Page: hold it, and page. Act: carry out an upgrade that is listed for exactly that chain, plan and height; others are held and paged.",
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
    paused: z.boolean().default(false).meta({
      description:
        "Record halts and change nothing. Nobody is paged for a halt that waits for this alone; whatever else a person is needed for is paged.",
    }),
    dryRun: z
      .boolean()
      .default(false)
      .meta({ description: "Record what would be done, and do none of it (no page either)." }),
    recoveryTimeoutSeconds: z.int().min(1).max(604_800).default(600).meta({
      description: "A swapped node must pass the plan's height within this time, or its halt is Failed.",
    }),
    successfulHaltsHistoryLimit: historyLimit.meta({
      description:
        "How many NodeHalts that ended Recovered or Withdrawn are kept of each node, 10 unless said; older ones are deleted once nothing rests on them.",
    }),
    failedHaltsHistoryLimit: historyLimit.meta({
      description:
        "How many NodeHalts that ended Paged or Failed are kept of each node, 10 unless said; older ones are deleted once their node runs again, whoever was paged knows it, and nothing rests on them.",
    }),
    paging: z
      .array(PagingTargetSchema)
      .max(8)
      .default([])
      .meta({ description: "Who is told when a person is needed. A page is sent until each has it." }),
  })
  .meta({ description: "Which pods to watch, and what to do when one halts.", ...digests });
export type HaltPolicySpec = z.infer<typeof HaltPolicySpecSchema>;

const count = z.int().min(0);

/** `HaltPolicy.status`: derived afresh from pods and NodeHalts, never an input to a decision. */
export const HaltPolicyStatusSchema = z
  .object({
    observedGeneration: count
      .optional()
      .meta({ description: "metadata.generation that this status was concluded from." }),
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
    conditions: z
      .array(ConditionSchema)
      .max(16)
      .optional()
      .meta({
        description:
          "Ready, Conflicting, PagingReady, Upgrading, BudgetSpent, LogsReadable: what is wrong and where, or that nothing is.",
        ...listMap("type"),
      }),
  })
  .meta({ description: "What the controller found." });
export type HaltPolicyStatus = z.infer<typeof HaltPolicyStatusSchema>;

/** A `HaltPolicy` as the controller keeps it: defaults are filled in. */
export interface HaltPolicy {
  readonly apiVersion: string;
  readonly kind: "HaltPolicy";
  readonly metadata: ObjectMeta;
  readonly spec: HaltPolicySpec;
  readonly status?: HaltPolicyStatus;
  /** Why the spec that is stored can't be used; `spec` then is one that selects nothing. */
  readonly defect?: string;
  /** Of a policy with a defect: the selector that is stored, where that can be read. */
  readonly mightSelect?: LabelSelector;
  /** Another policy of the namespace that may govern the same pod, and why it can't be read. */
  readonly unread?: string;
  /** Fields of the stored spec that only a newer controller knows. */
  readonly unknown?: readonly string[];
}

const SELECTS_NOTHING = HaltPolicySpecSchema.parse({
  selector: { matchExpressions: [{ key: "none", operator: "In", values: [] }] },
  container: "none",
});

/**
 * A policy with every default filled in, as the API server does by the CustomResourceDefinition: one that was stored
 * before a field had its default lacks it. One that was stored before its spec would have been refused has a defect,
 * and governs no pod.
 */
export function withDefaults(stored: HaltPolicy): HaltPolicy {
  const policy = { ...stored, metadata: keptMetadata(stored.metadata) };
  const { success, data, error } = HaltPolicySpecSchema.safeParse(policy.spec);
  if (success) {
    const unknown = unknownFields(stored.spec, data, "spec");
    return { ...policy, spec: data, ...(unknown.length > 0 && { unknown }) };
  }
  const [issue] = error.issues;
  const defect = `${["spec", ...(issue?.path ?? [])].join(".")}: ${issue?.message ?? "does not fit"}`;
  const selector = LabelSelectorSchema.safeParse(
    (stored.spec as Partial<HaltPolicySpec> | undefined)?.selector,
  );
  return {
    ...policy,
    spec: SELECTS_NOTHING,
    defect,
    ...(selector.success && { mightSelect: selector.data }),
  };
}
