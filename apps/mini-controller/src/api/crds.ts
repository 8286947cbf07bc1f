import { stringify } from "yaml";
import type { z } from "zod";
import { GROUP, VERSION } from "./group.ts";
import { HaltPolicySpecSchema, HaltPolicyStatusSchema } from "./halt-policy.ts";
import { CONDITION_RESOLVED, NodeHaltSpecSchema, NodeHaltStatusSchema } from "./node-halt.ts";
import { NodeRecordSpecSchema, NodeRecordStatusSchema } from "./node-record.ts";
import { structuralSchema } from "./structural-schema.ts";

interface Column {
  readonly name: string;
  readonly type: "string" | "integer" | "date";
  readonly jsonPath: string;
  readonly priority?: number;
}

interface CrdOptions {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly description: string;
  readonly spec: z.ZodType;
  readonly status: z.ZodType;
  readonly columns: readonly Column[];
}

function customResourceDefinition({
  kind,
  plural,
  shortNames,
  description,
  spec,
  status,
  columns,
}: CrdOptions) {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${GROUP}`, labels: { "app.kubernetes.io/part-of": "upgrade-halt" } },
    spec: {
      group: GROUP,
      scope: "Namespaced",
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), shortNames },
      versions: [
        {
          name: VERSION,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          schema: {
            openAPIV3Schema: {
              type: "object",
              description,
              required: ["spec"],
              properties: {
                apiVersion: { type: "string", description: "Group and version of this object." },
                kind: { type: "string", description: "Kind of this object." },
                metadata: { type: "object" },
                spec: structuralSchema(spec),
                status: structuralSchema(status),
              },
            },
          },
        },
      ],
    },
  };
}

const age: Column = { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" };

/** CustomResourceDefinition of `HaltPolicy`. */
export const haltPolicyCrd = customResourceDefinition({
  kind: "HaltPolicy",
  plural: "haltpolicies",
  shortNames: ["hp"],
  description: "HaltPolicy says which image to run for which upgrade plan, and what to do when a node halts.",
  spec: HaltPolicySpecSchema,
  status: HaltPolicyStatusSchema,
  columns: [
    { name: "Pods", type: "integer", jsonPath: ".status.pods" },
    { name: "Running", type: "integer", jsonPath: ".status.running" },
    { name: "Halted", type: "integer", jsonPath: ".status.halted" },
    { name: "Recovered", type: "integer", jsonPath: ".status.recovered" },
    { name: "Failed", type: "integer", jsonPath: ".status.failed" },
    { name: "Upgrading", type: "string", jsonPath: ".status.conditions[?(@.type=='Upgrading')].status" },
    { name: "Ready", type: "string", jsonPath: ".status.conditions[?(@.type=='Ready')].status" },
    { name: "Why", type: "string", jsonPath: ".status.conditions[?(@.type=='Ready')].reason" },
    { name: "Inferred", type: "string", jsonPath: ".spec.inferredHalts", priority: 1 },
    age,
  ],
});

/** CustomResourceDefinition of `NodeHalt`. */
export const nodeHaltCrd = customResourceDefinition({
  kind: "NodeHalt",
  plural: "nodehalts",
  shortNames: ["nh"],
  description: "NodeHalt is the journal of one halt of one node: what was seen, decided and done.",
  spec: NodeHaltSpecSchema,
  status: NodeHaltStatusSchema,
  columns: [
    { name: "Pod", type: "string", jsonPath: ".spec.podName" },
    { name: "Reason", type: "string", jsonPath: ".spec.reason" },
    { name: "Plan", type: "string", jsonPath: ".spec.planName" },
    { name: "Height", type: "integer", jsonPath: ".spec.height" },
    { name: "Action", type: "string", jsonPath: ".status.action" },
    { name: "Phase", type: "string", jsonPath: ".status.phase" },
    { name: "Since", type: "string", jsonPath: ".status.steps[-1].at" },
    {
      name: "Over",
      type: "string",
      jsonPath: `.status.conditions[?(@.type=='${CONDITION_RESOLVED}')].status`,
    },
    { name: "Why", type: "string", jsonPath: ".status.reason", priority: 1 },
    { name: "Image", type: "string", jsonPath: ".status.toImage", priority: 1 },
    { name: "InferredFrom", type: "string", jsonPath: ".spec.inferredFrom", priority: 1 },
    age,
  ],
});

/** CustomResourceDefinition of `NodeRecord`. */
export const nodeRecordCrd = customResourceDefinition({
  kind: "NodeRecord",
  plural: "noderecords",
  shortNames: ["nr"],
  description: "NodeRecord is what the controller saw of a node while it ran: chain, height, images.",
  spec: NodeRecordSpecSchema,
  status: NodeRecordStatusSchema,
  columns: [
    { name: "Chain", type: "string", jsonPath: ".status.chainId" },
    { name: "Height", type: "integer", jsonPath: ".status.height" },
    { name: "Seen", type: "string", jsonPath: ".status.seenAt" },
    { name: "Image", type: "string", jsonPath: ".status.images[0].image" },
    { name: "Validator", type: "string", jsonPath: ".status.validatorAddress", priority: 1 },
    age,
  ],
});

/** File name under `deploy/crds/` and definition of each custom resource. */
export const crds = {
  "haltpolicies.yaml": haltPolicyCrd,
  "nodehalts.yaml": nodeHaltCrd,
  "noderecords.yaml": nodeRecordCrd,
} as const;

/** A definition as the YAML document that `deploy/crds/` holds. */
export function crdYaml(crd: (typeof crds)[keyof typeof crds]): string {
  return stringify(crd, { lineWidth: 0, aliasDuplicateObjects: false });
}
