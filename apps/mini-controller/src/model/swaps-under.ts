import { keyOf, namespaceOfKey } from "@upgrade-halt/kube";
import type { NodeHalt } from "../api/node-halt.ts";
import { namespaceOf } from "../kube/paths.ts";
import { governanceOf } from "./governance.ts";
import { policiesListing } from "./governing-policy.ts";
import { haltsOf, policyKeyOf, type Stores } from "./stores.ts";

type Known = Pick<Stores, "halts" | "pods" | "policies">;

/**
 * Keys of the policies that a swap counts against: the one that its journal was under at last, and the one that governs its
 * node now. Of a node that is gone with its policy it counts against whoever lists the image that was set.
 */
export function countedBy(halt: NodeHalt, stores: Omit<Known, "halts">): ReadonlySet<string> {
  const last = policyKeyOf(halt);
  const { policy, selected } = governanceOf(halt, stores);
  const governing = policy && keyOf(policy);
  if (governing !== undefined && (selected || governing === last)) return new Set([last, governing]);
  const { toImage } = halt.status ?? {};
  const all = stores.policies.under(namespaceOf(halt));
  return new Set([last, ...(toImage === undefined ? [] : policiesListing(toImage, all)).map(keyOf)]);
}

/** The failed swaps that nobody acknowledged, of those that count against a policy. */
export function failuresUnder(policyKey: string, stores: Known): readonly NodeHalt[] {
  return under(haltsOf.failed(namespaceOfKey(policyKey)), policyKey, stores);
}

/** The swaps that have begun and not ended, of those that count against a policy. */
export function swappingUnder(policyKey: string, stores: Known): readonly NodeHalt[] {
  return under(haltsOf.swapping(namespaceOfKey(policyKey)), policyKey, stores);
}

function under(value: string, policyKey: string, stores: Known): readonly NodeHalt[] {
  // The last policy of a halt counts it whatever else does: mostly that is the one asked about.
  return stores.halts
    .under(value)
    .filter((halt) => policyKeyOf(halt) === policyKey || countedBy(halt, stores).has(policyKey));
}
