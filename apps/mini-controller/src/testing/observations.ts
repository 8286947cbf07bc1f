import { API_VERSION } from "../api/group.ts";
import { type HaltPolicy, HaltPolicySpecSchema } from "../api/halt-policy.ts";
import type { NodeHalt, NodeHaltSpec, NodeHaltStatus, PageRecord, Seen } from "../api/node-halt.ts";
import { journalName } from "../journal/journal-name.ts";
import { recommendFor } from "../judge/judgement.ts";
import type { PodGroup } from "../model/pod-group.ts";
import type { WorkloadSight } from "../model/workload-sight.ts";
import type { Observation, PodSight } from "../observe/observation.ts";
import type { Sibling } from "../observe/siblings.ts";
import { targetId } from "../paging/known-targets.ts";

/** The moment at which every observation of the tests is made. */
export const NOW = Date.parse("2026-08-21T18:00:00Z");
export const OLD = "registry/seid:v6.6";
export const NEW = "registry/seid:v6.7";

/** What the controller saw of each halt of the tests, unless one says otherwise. */
export const SEEN: Seen = {
  at: "2026-08-21T17:59:59.990Z",
  sources: ["exit-code", "plan-line"],
  chainId: "pacific-1",
  height: 30,
};

const SPEC: NodeHaltSpec = {
  podName: "sei-0-0",
  podUID: "uid-1",
  container: "seid",
  policyName: "sei",
  workload: { apiVersion: "apps/v1", kind: "StatefulSet", resource: "statefulsets", name: "sei-0" },
  reason: "upgrade_required",
  planName: "v6.7",
  height: 30,
  image: OLD,
  sources: ["exit-code", "plan-line"],
  verdict: "It halted.",
  detectedAt: "2026-08-21T17:59:59.990Z",
};

export function haltWith(spec: Partial<NodeHaltSpec> = {}, status?: NodeHaltStatus): NodeHalt {
  const { podName, podUID, container, reason } = { ...SPEC, ...spec };
  const metadata = {
    name: journalName({ podName, podUID, container, reason }),
    namespace: "sei",
    uid: "halt-1",
    generation: 1,
    resourceVersion: "1",
  };
  const halt = { apiVersion: API_VERSION, kind: "NodeHalt", metadata, spec: { ...SPEC, ...spec } } as const;
  return status === undefined ? halt : { ...halt, status: { seen: seenOf(halt), ...status } };
}

function seenOf({ spec }: NodeHalt): Seen {
  const isTooNew = spec.reason === "binary_too_new";
  return { ...SEEN, sources: spec.sources, ...(isTooNew && { height: 20 }) };
}

const PAGER = { webhook: { url: "http://pager" } };
/** What a page's record says that every target of the policy has. */
export const SENT: Pick<PageRecord, "delivered" | "state"> = { state: "Sent", delivered: [targetId(PAGER)] };

export function policyWith(spec: object = {}): HaltPolicy {
  const full = HaltPolicySpecSchema.parse({
    selector: {},
    chainId: "pacific-1",
    container: "seid",
    allowTags: true,
    upgrades: [{ planName: "v6.7", height: 30, image: NEW }],
    recoveryTimeoutSeconds: 60,
    paging: [PAGER],
    ...spec,
  });
  return {
    apiVersion: API_VERSION,
    kind: "HaltPolicy",
    metadata: { name: "sei", namespace: "sei" },
    spec: full,
  };
}

export function workloadWith(
  changes: Partial<Extract<WorkloadSight, { kind: "found" }>> = {},
): WorkloadSight {
  return {
    kind: "found",
    what: "StatefulSet sei/sei-0",
    path: "/apis/apps/v1/namespaces/sei/statefulsets/sei-0",
    pointer: "/spec/template/spec/containers/0/image",
    uid: "set-1",
    generation: 1,
    image: OLD,
    settled: true,
    replacesPods: false,
    groups: [],
    ...changes,
  };
}

export function groupWith(changes: Partial<PodGroup> = {}): PodGroup {
  return {
    what: "StatefulSet sei",
    uid: "set-1",
    strategy: { kind: "RollingUpdate", partition: 0 },
    podNames: ["sei-0", "sei-1", "sei-2"],
    currentRevision: "old",
    updateRevision: "old",
    image: OLD,
    ...changes,
  };
}

/** Another pod of the template, which runs on the image that halted, unless said. */
export function siblingWith(changes: Partial<Sibling> = {}): Sibling {
  return {
    name: "sei-1",
    group: groupWith(),
    index: 1,
    state: { kind: "not-halted", found: "runs" },
    uid: "uid-of-sibling",
    image: OLD,
    revision: "old",
    isReady: true,
    isTakenAtOnce: false,
    twins: [],
    ...changes,
  };
}

const POD = {
  ...{ uid: "uid-1", resourceVersion: "7", image: OLD },
  ...{ terminating: false, isTakenAtOnce: false },
} as const;
export const HALTED: Extract<PodSight, { kind: "halted" }> = { kind: "halted", ...POD, shown: true };
/** The process was started again in the pod that halted, and has not halted again yet. */
export const RESTARTED: PodSight = { ...HALTED, shown: false };
export const HEALTHY: PodSight = { kind: "healthy", ...POD, height: 31 };

export function successor(changes: Partial<Extract<PodSight, { kind: "successor" }>> = {}): PodSight {
  return {
    kind: "successor",
    uid: "uid-2",
    resourceVersion: "9",
    terminating: false,
    isTakenAtOnce: false,
    image: NEW,
    verdict: { kind: "running", why: "It runs.", contradictions: [] },
    ...changes,
  };
}

export interface Scene extends Partial<Omit<Observation, "recommendation" | "policy">> {
  /** `null` for a policy that is gone. */
  readonly policy?: HaltPolicy | null;
  readonly previousImage?: string;
}

/** An observation of a halt that was just recorded, with whatever is different about it. */
export function observe({ policy: given, previousImage, ...changes }: Scene = {}): Observation {
  const policy = given === null ? undefined : (given ?? policyWith());
  const halt = changes.halt ?? haltWith();
  return {
    from: "server",
    halt,
    policy,
    selected: true,
    seen: seenOf(halt),
    setWasRefused: false,
    recommendation:
      policy &&
      recommendFor({ spec: halt.spec, seen: halt.status?.seen ?? seenOf(halt) }, policy.spec, {
        previousImage,
      }),
    workload: workloadWith(),
    pod: HALTED,
    neighbours: { swapping: 0, failed: 0, isUntold: false },
    siblings: [],
    twins: [],
    strangers: [],
    recoverWithinMs: leftOf(halt, changes.now),
    now: NOW,
    ...changes,
  };
}

/** What is left of a swap's time, by the clock that journaled it. */
function leftOf({ status }: NodeHalt, now = NOW): number | undefined {
  return status?.recoverBy === undefined ? undefined : Date.parse(status.recoverBy) - now;
}
