import { z } from "@upgrade-halt/contract/zod";

const Text = z.string().nullish();
const Words = z.array(z.string()).nullish();
const Labels = z.record(z.string(), z.string()).nullish();

const MetadataSchema = z.object({
  name: z.string(),
  namespace: Text,
  labels: Labels,
  annotations: Labels,
  creationTimestamp: Text,
  ownerReferences: z
    .array(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().nullish() }))
    .nullish(),
});

const RuleSchema = z.object({
  action: Text,
  exitCodes: z.object({ operator: z.string(), values: z.array(z.int()).nullish() }).nullish(),
});
const ProbeSchema = z.object({
  httpGet: z.object({ path: Text, port: z.union([z.string(), z.int()]), scheme: Text }).nullish(),
  tcpSocket: z.object({ port: z.union([z.string(), z.int()]) }).nullish(),
  exec: z.object({}).nullish(),
});
export type Probe = z.infer<typeof ProbeSchema>;

const ContainerSchema = z.object({
  name: z.string(),
  command: Words,
  args: Words,
  ports: z.array(z.object({ name: Text, containerPort: z.int().nullish() })).nullish(),
  terminationMessagePolicy: Text,
  livenessProbe: ProbeSchema.nullish(),
  startupProbe: ProbeSchema.nullish(),
  restartPolicy: Text,
  restartPolicyRules: z.array(RuleSchema).nullish(),
});
export type Container = z.infer<typeof ContainerSchema>;

const StateSchema = z
  .object({
    running: z.object({}).nullish(),
    terminated: z.object({ exitCode: z.int().nullish() }).nullish(),
  })
  .nullish();
const StatusesSchema = z
  .array(z.object({ name: z.string(), state: StateSchema, lastState: StateSchema }))
  .nullish();

const PodSchema = z.object({
  kind: z.literal("Pod"),
  metadata: MetadataSchema,
  spec: z.object({
    containers: z.array(ContainerSchema),
    initContainers: z.array(ContainerSchema).nullish(),
    restartPolicy: Text,
  }),
  status: z.object({ containerStatuses: StatusesSchema, initContainerStatuses: StatusesSchema }).nullish(),
});
export type Pod = z.infer<typeof PodSchema>;

const RequirementSchema = z.object({
  key: z.string(),
  operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]),
  values: Words,
});
export type Requirement = z.infer<typeof RequirementSchema>;

const PolicySchema = z.object({
  kind: z.literal("HaltPolicy"),
  metadata: MetadataSchema,
  spec: z.object({
    selector: z.object({ matchLabels: Labels, matchExpressions: z.array(RequirementSchema).nullish() }),
    container: z.string(),
    rpcPort: z.string().default("rpc"),
    chainId: Text,
    inferredHalts: z.enum(["Ignore", "Page", "Act"]).default("Page"),
    paused: z.boolean().nullish(),
    dryRun: z.boolean().nullish(),
    paging: z.array(z.unknown()).nullish(),
    target: z.object({ kind: z.string().default("StatefulSet") }).nullish(),
    upgrades: z
      .array(z.object({ planName: z.string(), height: z.int().nullish(), image: z.string() }))
      .default([]),
  }),
});
export type HaltPolicy = z.infer<typeof PolicySchema>;

const WorkloadSchema = z.object({
  kind: z.enum(["StatefulSet", "Deployment", "ReplicaSet"]),
  metadata: MetadataSchema,
  spec: z.object({ replicas: z.int().nullish(), strategy: z.object({ type: Text }).nullish() }).nullish(),
});
export type Workload = z.infer<typeof WorkloadSchema>;

const RecordSchema = z.object({
  kind: z.literal("NodeRecord"),
  metadata: MetadataSchema,
  spec: z.object({ node: z.string() }),
  status: z.object({ chainId: Text, height: z.int().nullish() }).nullish(),
});
export type NodeRecord = z.infer<typeof RecordSchema>;

/** What `kubectl get ... -o json` told of a cluster, as far as it matters at a halt. */
export interface ClusterObjects {
  readonly pods: readonly Pod[];
  readonly policies: readonly HaltPolicy[];
  readonly workloads: readonly Workload[];
  readonly records: readonly NodeRecord[];
  /** Objects that do not fit their kind: `HaltPolicy sei: spec.container: ...`. */
  readonly defects: readonly string[];
}

const SCHEMAS = {
  Pod: PodSchema,
  HaltPolicy: PolicySchema,
  StatefulSet: WorkloadSchema,
  Deployment: WorkloadSchema,
  ReplicaSet: WorkloadSchema,
  NodeRecord: RecordSchema,
} as const;
const AnySchema = z.object({
  kind: z.string(),
  metadata: z.object({ name: Text }).nullish(),
  items: z.array(z.unknown()).nullish(),
});

/** Sorts one object or a list of them by kind. Other kinds are left out. Any value has an answer. */
export function clusterObjects(value: unknown): ClusterObjects {
  const pods: Pod[] = [];
  const policies: HaltPolicy[] = [];
  const workloads: Workload[] = [];
  const records: NodeRecord[] = [];
  const defects: string[] = [];
  for (const item of itemsOf(value)) {
    const kind = AnySchema.safeParse(item).data?.kind;
    const schema = Object.entries(SCHEMAS).find(([name]) => name === kind)?.[1];
    if (schema === undefined) continue;
    const { data, error } = schema.safeParse(item);
    if (data === undefined) {
      const [issue] = error?.issues ?? [];
      const name = AnySchema.safeParse(item).data?.metadata?.name ?? "without a name";
      defects.push(`${kind} ${name}: ${issue?.path.map(String).join(".")}: ${issue?.message}`);
    } else if (data.kind === "Pod") pods.push(data);
    else if (data.kind === "HaltPolicy") policies.push(data);
    else if (data.kind === "NodeRecord") records.push(data);
    else workloads.push(data);
  }
  return { pods, policies, workloads, records, defects };
}

function itemsOf(value: unknown): readonly unknown[] {
  const { data } = AnySchema.safeParse(value);
  return data?.items ?? (data === undefined ? [] : [value]);
}
