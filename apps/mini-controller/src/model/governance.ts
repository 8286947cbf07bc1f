import { keyOf } from "@upgrade-halt/kube";
import type { HaltPolicy } from "../api/halt-policy.ts";
import { deploymentUIDOf, type NodeHalt, policyNameOf } from "../api/node-halt.ts";
import { namespaceOf } from "../kube/paths.ts";
import { governingPolicy, policiesListing } from "./governing-policy.ts";
import { matchesLabels } from "./label-selector.ts";
import { containerOf, newestOf, type Pod } from "./pod.ts";
import { haltsOf, podKeyOf, podsOf, policyKeyOf, type Stores } from "./stores.ts";

type Known = Pick<Stores, "policies" | "pods">;

/** Which policy a halt is under now. */
export interface Governance {
  readonly policy: HaltPolicy | undefined;
  /** Whether a policy selects the node's pod. Of a pod that is gone nobody can say. */
  readonly selected: boolean;
}

/** What is known of the node's pod, where its workload was read. */
export interface KnownNode {
  readonly pod?: Pod | undefined;
  /** Labels of the pod that the workload would make. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/**
 * The policy that governs the halt's node now, whichever it was when the halt was recorded: the one that selects its pod. While there is
 * no pod, it is the last one that did; once that is gone, as after it got another name, the one that would select the pod which the
 * workload makes, and else one that lists the image that was set. Where none selects the pod that is there, the last one still answers.
 * Who only answers for a halt pages, and changes nothing.
 */
export function governanceOf(halt: NodeHalt, { policies, pods }: Known, node: KnownNode = {}): Governance {
  const { namespace = "", name } = halt.metadata;
  const all = policies.under(namespace);
  const known = policies.get(policyKeyOf(halt));
  const last = known?.defect === undefined ? known : undefined;
  const pod = node.pod ?? (node.labels === undefined ? livePodOf(halt, { policies, pods }) : undefined);
  if (pod !== undefined) {
    const governing = governingPolicy(pod, all);
    return governing === undefined
      ? { policy: last, selected: false }
      : { policy: governing, selected: true };
  }
  if (known !== undefined) return { policy: last, selected: true };
  const { labels } = node;
  const next = labels && governingPolicy({ metadata: { namespace, name, labels } }, all);
  if (next !== undefined) return { policy: next, selected: true };
  const listing = listingOf(halt, all);
  return { policy: listing, selected: listing === undefined };
}

/** The policy that answers for a halt; `undefined` when there is none. */
export function policyOf(halt: NodeHalt, stores: Known): HaltPolicy | undefined {
  return governanceOf(halt, stores).policy;
}

/** The key of the policy that answers for a halt, or of the last one that did. */
export function answeringKey(halt: NodeHalt, policy: HaltPolicy | undefined): string {
  return policy === undefined ? policyKeyOf(halt) : keyOf(policy);
}

/** The halts that a policy governs, or governed last where none does now; whoever only lists their image governs none. */
export function haltsUnder(
  { metadata, spec: { selector } }: HaltPolicy,
  stores: Pick<Stores, "halts" | "policies" | "pods">,
): readonly NodeHalt[] {
  const { namespace = "", name } = metadata;
  return stores.halts.under(haltsOf.namespace(namespace)).filter((halt) => {
    const isLast = policyKeyOf(halt) === keyOf({ metadata });
    const pod = isLast ? undefined : livePodOf(halt, stores);
    if (!isLast && (pod === undefined || !matchesLabels(selector, pod.metadata.labels))) return false;
    const governing = policyOf(halt, stores);
    return governing === undefined ? isLast : governing.metadata.name === name;
  });
}

/**
 * The newest pod of the halt's node, as far as names tell which that is: of its own name, or of its Deployment's. Whether
 * one is of the Deployment its author says: while there is one that the last policy governs, no other takes the halt from that.
 */
function livePodOf(halt: NodeHalt, { policies, pods }: Known): Pod | undefined {
  const own = pods.get(podKeyOf(halt));
  const { workload, container } = halt.spec;
  if (own !== undefined || workload === undefined || deploymentUIDOf(halt.spec) === undefined) return own;
  const named = pods
    .under(podsOf.node(`${namespaceOf(halt)}/${workload.name}`))
    .filter((pod) => containerOf(pod, container) !== undefined);
  const all = policies.under(namespaceOf(halt));
  const kept = named.filter((pod) => governingPolicy(pod, all)?.metadata.name === policyNameOf(halt));
  return newestOf(kept.length === 0 ? named : kept);
}

/** The policy about the halt's container that lists the image which was set. */
function listingOf({ spec, status }: NodeHalt, policies: readonly HaltPolicy[]): HaltPolicy | undefined {
  const { toImage } = status ?? {};
  if (toImage === undefined) return undefined;
  return policiesListing(toImage, policies).find((policy) => policy.spec.container === spec.container);
}
