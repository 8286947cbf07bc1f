import type { ObjectMeta } from "@upgrade-halt/kube";
import { z } from "zod";

/** `NodeRecord.spec`: which node. */
export const NodeRecordSpecSchema = z
  .object({
    node: z
      .string()
      .max(253)
      .meta({ description: "The pod's name, or its Deployment's where pods have names anew." }),
  })
  .meta({ description: "Which node the record is of." });
export type NodeRecordSpec = z.infer<typeof NodeRecordSpecSchema>;

const RanImageSchema = z
  .object({
    image: z.string().max(512).meta({ description: "Image as the pod names it." }),
    imageID: z.string().max(512).optional().meta({ description: "What the kubelet ran, with its digest." }),
    revision: z.string().max(253).optional().meta({
      description: "ControllerRevision or ReplicaSet that has the template of its pod.",
    }),
    height: z
      .int()
      .min(0)
      .meta({ description: "Highest block that the node was seen at on it, as far as it is recorded." }),
    at: z.string().max(40).meta({
      description: "When it was seen there, or its pod was seen to go, RFC 3339.",
    }),
  })
  .meta({ description: "An image that the node was seen to make blocks on." });
export type RanImage = z.infer<typeof RanImageSchema>;

/** How many images a record remembers. */
export const MAX_RAN_IMAGES = 4;

/** How many validators beside its own a record remembers. */
export const MAX_ALSO_TOLD = 7;

/** `NodeRecord.status`: what the controller saw of a node while it ran. Only who may write the status can say it. */
export const NodeRecordStatusSchema = z
  .object({
    podUID: z.string().max(64).optional().meta({ description: "Pod that was seen last." }),
    ownerUID: z.string().max(64).optional().meta({
      description: "Controller of that pod: a workload that was made anew under its name is another one.",
    }),
    chainId: z.string().max(128).optional().meta({ description: "Chain that it told on /status." }),
    validatorAddress: z
      .string()
      .max(128)
      .optional()
      .meta({ description: "Validator that it told it signs as." }),
    alsoTold: z.array(z.string().max(128)).max(MAX_ALSO_TOLD).optional().meta({
      description: "Others that the same run of it told: another node answers at its address, too.",
    }),
    restartCount: z
      .int()
      .min(0)
      .optional()
      .meta({ description: "Run of its container that told the validator, in restarts." }),
    height: z.int().min(0).optional().meta({
      description:
        "Block that it told: written near a listed height and when its image changes, not at each block.",
    }),
    seenAt: z.string().max(40).optional().meta({ description: "When it told that, RFC 3339." }),
    images: z
      .array(RanImageSchema)
      .max(MAX_RAN_IMAGES)
      .optional()
      .meta({ description: "Images that it was seen to make blocks on, the newest first." }),
  })
  .meta({ description: "What was seen of the node while it ran." });
export type NodeRecordStatus = z.infer<typeof NodeRecordStatusSchema>;

/** A `NodeRecord` as the API server holds it: what outlives the controller's memory of a running node. */
export interface NodeRecord {
  readonly apiVersion: string;
  readonly kind: "NodeRecord";
  readonly metadata: ObjectMeta;
  readonly spec: NodeRecordSpec;
  readonly status?: NodeRecordStatus;
}
