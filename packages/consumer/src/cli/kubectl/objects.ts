import { z } from "@upgrade-halt/contract/zod";
import { ConsumerError } from "../../consumer-error.ts";
import { printable } from "../../printable.ts";
import type { Io } from "../output/io.ts";
import { askKubectl, type Cluster } from "./kubectl.ts";

/** What `approve` notes on a HaltPolicy: the entries that it listed, as JSON. */
export const APPROVED = "upgrade-halt.dev/approved";
/** What a person writes on a NodeHalt, as the controller's documentation names it. */
export const ABORT = "upgrade-halt.dev/abort";
export const ACKNOWLEDGED = "upgrade-halt.dev/acknowledged";

const Text = z.string().nullish();
const MetadataSchema = z.object({
  name: z.string(),
  namespace: z.string(),
  uid: z.string(),
  resourceVersion: Text,
  annotations: z.record(z.string(), z.string()).nullish(),
});

const NodeHaltSchema = z.object({
  metadata: MetadataSchema,
  spec: z.object({
    podName: z.string(),
    container: z.string(),
    policyName: z.string(),
    reason: z.string(),
    planName: Text,
    height: z.int().nullish(),
    image: z.string(),
    sources: z.array(z.string()),
    inferredFrom: z.array(z.string()).nullish(),
    verdict: z.string(),
    detectedAt: z.string(),
  }),
  status: z
    .object({
      phase: Text,
      policyName: Text,
      seen: z.object({ chainId: Text }).nullish(),
      reason: Text,
      message: Text,
      toImage: Text,
      steps: z.array(z.object({ phase: z.string(), at: z.string(), message: z.string() })).nullish(),
      page: z.object({ reason: z.string(), state: z.string(), lastError: Text }).nullish(),
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).nullish(),
    })
    .nullish(),
});
export type NodeHalt = z.infer<typeof NodeHaltSchema>;

/** With whatever else a newer controller knows of it: it is written back as it was. */
const UpgradeSchema = z.looseObject({ planName: z.string(), height: z.int().nullish(), image: z.string() });
export type Upgrade = z.infer<typeof UpgradeSchema>;

const HaltPolicySchema = z.object({
  metadata: MetadataSchema,
  spec: z.object({
    container: z.string(),
    chainId: Text,
    paused: z.boolean().nullish(),
    upgrades: z.array(UpgradeSchema).nullish(),
  }),
});
export type HaltPolicy = z.infer<typeof HaltPolicySchema>;

/** The NodeHalts of a namespace, or of all. */
export async function nodeHalts(cluster: Cluster, io: Io, all = false): Promise<readonly NodeHalt[]> {
  const schema = z.object({ items: z.array(NodeHaltSchema) });
  const everywhere = all ? ["--all-namespaces"] : [];
  return (await askKubectl(["get", "nodehalts", ...everywhere], cluster, schema, io)).items;
}

/** @throws ConsumerError `failure` where the name is none that an object can have. */
export async function haltPolicy(name: string, cluster: Cluster, io: Io): Promise<HaltPolicy> {
  if (!isObjectName(name))
    throw new ConsumerError("failure", `${printable(name)}: no HaltPolicy can be called so.`);
  return askKubectl(["get", "haltpolicies", name], cluster, HaltPolicySchema, io);
}

/**
 * Whether an object can be called so (a DNS subdomain, RFC 1123). Whoever may create a NodeHalt chooses which policy it names, and
 * kubectl would take a name that begins with a dash for an option.
 */
export function isObjectName(name: string): boolean {
  const label = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
  return name.length <= 253 && new RegExp(`^${label}(?:\\.${label})*$`).test(name);
}

/** What is changed of an object: members of it, or, as JSON Patch has it (RFC 6902), step by step. */
export type Change = Readonly<Record<string, object>> | readonly object[];

/** Changes the object that was read, and no other of its name. A dry run asks the API server whether it would take that. */
export async function patch(
  resource: "nodehalts" | "haltpolicies",
  { name, uid }: z.infer<typeof MetadataSchema>,
  change: Change,
  cluster: Cluster & { readonly dryRun?: boolean },
  io: Io,
): Promise<void> {
  const [type, body] = Array.isArray(change)
    ? ["json", [{ op: "test", path: "/metadata/uid", value: uid }, ...change]]
    : ["merge", { ...change, metadata: { uid, ...("metadata" in change ? change.metadata : {}) } }];
  const dry = cluster.dryRun === true ? ["--dry-run=server"] : [];
  const args = ["patch", resource, name, `--type=${type}`, `--patch=${JSON.stringify(body)}`, ...dry];
  await askKubectl(args, cluster, z.unknown(), io);
}

/** Whether nobody and nothing has to do with the halt any more: its node runs. */
export function isOver({ status }: NodeHalt): boolean {
  const isResolved = status?.conditions?.some(
    ({ type, status: state }) => type === "Resolved" && state === "True",
  );
  return status?.phase === "Recovered" || status?.phase === "Withdrawn" || isResolved === true;
}

/** The policy that governs the halt's node now. */
export function policyNameOf({ spec, status }: NodeHalt): string {
  return status?.policyName ?? spec.policyName;
}

export function hasAnnotation({ metadata }: NodeHalt, name: string): boolean {
  return metadata.annotations?.[name] === "true";
}

/** As the controller reads it: whatever the annotation says but `false` aborts. */
export function isAborted({ metadata }: NodeHalt): boolean {
  return (metadata.annotations?.[ABORT] ?? "false") !== "false";
}

/** Whether the controller itself saw what a NodeHalt tells. Anybody may have written any other. */
export function isBelieved({ status }: NodeHalt): boolean {
  return status?.seen != null;
}

/**
 * The one halt that is called so, or that is the only open one of the pod that is called so. One that the controller never saw
 * stands for a pod only where there is no other.
 */
export async function oneHalt(name: string, cluster: Cluster, io: Io): Promise<NodeHalt> {
  const halts = await nodeHalts(cluster, io);
  const named = halts.filter(({ metadata }) => metadata.name === name);
  const open = halts.filter((halt) => halt.spec.podName === name && !isOver(halt));
  const seen = open.filter(isBelieved);
  const meant = [...new Set([...named, ...(seen.length > 0 ? seen : named.length > 0 ? [] : open)])];
  const [halt] = meant;
  if (meant.length === 1 && halt !== undefined) return halt;
  const names = meant.map(({ metadata }) => metadata.name).join(", ");
  const found =
    halt === undefined
      ? "there is no NodeHalt of that name, nor one of such a pod that is not over"
      : named.length > 0
        ? `a NodeHalt and a pod that halted are called so: say which NodeHalt by another name than the pod's (${names}), and find out who wrote the one of the pod's name`
        : `that pod has several: ${names}`;
  throw new ConsumerError("failure", `${printable(name)}: ${found}. See list.`);
}
