import { type HaltPolicy, type NodeHalt, PATHS, type Pod, type StatefulSet } from "../server/objects.ts";
import { podsOf } from "../server/pods-of.ts";
import type { Invariant } from "./invariant.ts";
import type { Act, Observer } from "./observer.ts";

/** A replica has heard by then of what became of another halt. */
const KNOWN_MS = 20_000;
/** What a policy says that names no number. */
const DEFAULT = 1;

/** How many swaps a policy allows: at a time, and after some have failed. */
export const BUDGET_INVARIANTS: readonly Invariant[] = [
  {
    name: "error-budget",
    words:
      "No swap begins or goes on under a policy while as many have failed as it allows, and nobody acknowledged them.",
    onAct: (act, observer) => {
      const halt = begun(act);
      const halts = halt === undefined ? swapsActedFor(act, observer) : [halt];
      const spent = halts.filter((one) => {
        const failed = othersOf(one, observer).filter(
          (other) => isUnacknowledged(other) && observer.stoodFor(other) > KNOWN_MS,
        );
        return failed.length >= most(one, "errorBudget", act, observer);
      });
      return halts.length > 0 && spent.length === halts.length
        ? `${spent[0]?.metadata.name} begins or goes on after others failed`
        : undefined;
    },
  },
  {
    name: "at-a-time",
    words:
      "No more nodes are between swap and recovery under a policy than it allows, besides those whose pods are only made after this one.",
    onAct: (act, observer) => {
      const halt = begun(act);
      if (halt === undefined) return undefined;
      const swapping = othersOf(halt, observer).filter(
        (other) =>
          isSwapping(other) &&
          other.spec.podName !== halt.spec.podName &&
          !isMadeAfter(other, halt, observer) &&
          act.at - (observer.beganAt(other) ?? act.at) > KNOWN_MS,
      );
      const nodes = new Set(swapping.map(({ spec }) => spec.podName)).size;
      return nodes < most(halt, "maxConcurrent", act, observer)
        ? undefined
        : `${halt.metadata.name} begins beside ${nodes} others`;
    },
  },
];

/** The journal that says with this act that its swap begins. */
function begun(act: Act): NodeHalt | undefined {
  if (act.kind !== "other" || act.commit.collection !== PATHS.halts) return undefined;
  const [before, after] = [act.commit.before, act.commit.after] as readonly (NodeHalt | undefined)[];
  return after?.status?.phase === "Swapping" && before?.status?.phase !== "Swapping" ? after : undefined;
}

/** The journals of the swaps that an act on a pod or a workload may be for. */
function swapsActedFor(act: Act, observer: Observer): readonly NodeHalt[] {
  if (act.kind === "other") return [];
  const pods = act.kind === "delete-pod" ? [act.pod] : podsOf(act.before, observer);
  return observer.truth
    .all<NodeHalt>(PATHS.halts)
    .filter((halt) => isSwapping(halt) && pods.some((pod) => pod.metadata.name === halt.spec.podName));
}

function othersOf(halt: NodeHalt, { truth }: Observer): readonly NodeHalt[] {
  return truth
    .all<NodeHalt>(PATHS.halts)
    .filter((other) => other.metadata.uid !== halt.metadata.uid && policyOf(other) === policyOf(halt));
}

/** Whether the other's pod is still to be made anew, by a set that makes it only once the pod of `halt` is ready. */
function isMadeAfter(other: NodeHalt, { metadata, spec }: NodeHalt, { truth }: Observer): boolean {
  const [own, higher] = [placeOf(spec.podName), placeOf(other.spec.podName)];
  const set = truth
    .all<StatefulSet>(PATHS.statefulSets)
    .find((one) => one.metadata.namespace === metadata.namespace && one.metadata.name === own.set);
  if (set?.spec.podManagementPolicy !== "OrderedReady") return false;
  if (higher.set !== own.set || higher.ordinal <= own.ordinal) return false;
  const pod = truth
    .all<Pod>(PATHS.pods)
    .find((one) => one.metadata.namespace === metadata.namespace && one.metadata.name === other.spec.podName);
  if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return true;
  return pod.metadata.uid === other.spec.podUID || pod.spec.containers[0]?.image === other.spec.image;
}

function placeOf(podName: string): { readonly set: string; readonly ordinal: number } {
  const at = podName.lastIndexOf("-");
  return { set: podName.slice(0, at), ordinal: Number(podName.slice(at + 1)) };
}

/** The most that the halt's policy allowed when the replica read it, or allows now. */
function most(halt: NodeHalt, field: "errorBudget" | "maxConcurrent", act: Act, observer: Observer): number {
  const now = observer.truth.all<HaltPolicy>(PATHS.policies);
  const policies = [...now, ...(observer.policiesRead(act) ?? [])];
  const named = policies.filter(({ metadata }) => metadata.name === policyOf(halt));
  return Math.max(DEFAULT, ...named.map(({ spec }) => Number(spec[field] ?? DEFAULT)));
}

function policyOf({ spec, status }: NodeHalt): string {
  return String(status?.policyName ?? spec.policyName);
}

function isUnacknowledged({ metadata, status }: NodeHalt): boolean {
  const annotations = metadata.annotations ?? {};
  // Who aborts a halt has seen that it failed.
  const isSeen =
    annotations["upgrade-halt.dev/acknowledged"] === "true" ||
    (annotations["upgrade-halt.dev/abort"] ?? "false") !== "false";
  return status?.phase === "Failed" && status.reason !== "Aborted" && !isSeen;
}

function isSwapping({ status }: NodeHalt): boolean {
  return ["Swapping", "Recreating", "Recovering"].includes(String(status?.phase));
}
