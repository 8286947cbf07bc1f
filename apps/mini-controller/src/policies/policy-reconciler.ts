import { hasCode, type KubeApi, keyOf, type Outcome } from "@upgrade-halt/kube";
import { type ConditionDraft, mergeConditions } from "../api/condition.ts";
import { API_VERSION } from "../api/group.ts";
import { type HaltPolicy, type HaltPolicyStatus, withDefaults } from "../api/halt-policy.ts";
import type { SecretKeyRef } from "../api/paging.ts";
import type { UnrecordedHalts } from "../detect/unrecorded-halts.ts";
import { timestamp } from "../journal/journal-entry.ts";
import { judgePod } from "../judge/judgement.ts";
import type { EventRecorder } from "../kube/event-recorder.ts";
import { HALT_POLICIES, namespaceOf, objectPath } from "../kube/paths.ts";
import { haltsUnder } from "../model/governance.ts";
import { governingPolicy } from "../model/governing-policy.ts";
import { matchesLabels } from "../model/label-selector.ts";
import type { Stores } from "../model/stores.ts";
import { failuresUnder } from "../model/swaps-under.ts";
import type { LogReader } from "../observe/log-reader.ts";
import type { StatusWatch } from "../observe/status-watch.ts";
import type { PagingHosts } from "../paging/paging-hosts.ts";
import { readSecretKey } from "../paging/secrets.ts";
import { type ResolveHost, type TargetFault, targetFault } from "../paging/target-fault.ts";
import { conditionsOf, countsOf, type JudgedPod, type PolicyView } from "./policy-summary.ts";

export interface PolicyReconcilerOptions {
  readonly api: KubeApi;
  readonly stores: Stores;
  readonly statuses: StatusWatch;
  readonly logs: Pick<LogReader, "accessIn">;
  readonly unrecorded: Pick<UnrecordedHalts, "under">;
  readonly events: EventRecorder;
  readonly resolveHost: ResolveHost;
  /** The receivers that may be paged. */
  readonly pagingHosts: PagingHosts;
  readonly now: () => number;
  readonly steady: () => number;
}

/** Secrets and addresses are not watched: targets are looked at again after this time, broken ones sooner. */
const LOOK_AGAIN_MS = { good: 300_000, broken: 10_000 } as const;

/** What was wrong with the targets of one generation of a policy, and until when that is believed. */
interface TargetCheck {
  /** Of the policy: its UID and generation, which a policy made anew under the same name has not. */
  readonly version: string;
  readonly faults: readonly TargetFault[];
  /** By the steady clock. */
  readonly until: number;
}

/** Keeps a policy's status equal to what its pods, its halts and its paging targets are. */
export class PolicyReconciler {
  readonly #options: PolicyReconcilerOptions;
  readonly #checks = new Map<string, TargetCheck>();

  constructor(options: PolicyReconcilerOptions) {
    this.#options = options;
  }

  async reconcile(key: string): Promise<Outcome> {
    const { stores, steady } = this.#options;
    const policy = stores.policies.get(key);
    if (policy === undefined) {
      this.#checks.delete(key);
      return {};
    }
    const check = await this.#checkTargets(key, policy);
    const view: PolicyView = {
      policy,
      pods: this.#judgedPods(policy),
      halts: haltsUnder(policy, stores),
      failed: failuresUnder(key, stores).length,
      pagingFaults: check.faults,
      unrecorded: this.#options.unrecorded.under(key),
      logAccess: this.#options.logs.accessIn(namespaceOf(policy)),
    };
    await this.#write(policy, view);
    return policy.spec.paging.length > 0 ? { requeueAfterMs: check.until - steady() } : {};
  }

  async #checkTargets(key: string, { metadata, spec }: HaltPolicy): Promise<TargetCheck> {
    const { api, resolveHost, pagingHosts: hosts, steady } = this.#options;
    const { uid, generation, namespace = "" } = metadata;
    const version = `${uid} ${generation}`;
    const known = this.#checks.get(key);
    if (known !== undefined && known.version === version && steady() < known.until) return known;
    const means = { hosts, readSecret: (ref: SecretKeyRef) => readSecretKey(api, namespace, ref) };
    const found = await Promise.all(
      spec.paging.map((target, index) => targetFault(target, index, means, resolveHost)),
    );
    const faults = found.filter((fault) => fault !== undefined);
    const until = steady() + LOOK_AGAIN_MS[faults.length > 0 ? "broken" : "good"];
    const check = { version, faults, until };
    this.#checks.set(key, check);
    return check;
  }

  #judgedPods(policy: HaltPolicy): readonly JudgedPod[] {
    const { stores, statuses } = this.#options;
    const namespace = namespaceOf(policy);
    const policies = stores.policies.under(namespace);
    const selected = stores.pods
      .under(namespace)
      .filter((pod) => matchesLabels(policy.spec.selector, pod.metadata.labels));
    return selected.map((pod) => {
      const governing = governingPolicy(pod, policies)?.metadata.name;
      const verdict = judgePod(pod, policy.spec, statuses.get(keyOf(pod), pod.metadata.uid));
      return { pod, governedBy: governing === policy.metadata.name ? undefined : governing, verdict };
    });
  }

  async #write(policy: HaltPolicy, view: PolicyView): Promise<void> {
    const { api, stores, now } = this.#options;
    const { namespace = "", name, generation, resourceVersion } = policy.metadata;
    const drafts = conditionsOf(view).map((draft) =>
      generation === undefined ? draft : { ...draft, observedGeneration: generation },
    );
    const status: HaltPolicyStatus = {
      ...countsOf(view),
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      conditions: mergeConditions(policy.status?.conditions ?? [], drafts, timestamp(now())),
    };
    if (isSame(policy.status, status)) return;
    this.#tell(policy, drafts);
    const body = { metadata: { resourceVersion }, status };
    try {
      const path = objectPath(HALT_POLICIES, namespace, name, "status");
      stores.policies.put(withDefaults(await api.mergePatch<HaltPolicy>(path, body)));
    } catch (error) {
      // A server may take no status of an object whose spec it would refuse by now: the Event has said it.
      if (policy.defect === undefined || !hasCode(error, "invalid")) throw error;
    }
  }

  /** An Event for each condition that turned bad, or worth a second look. */
  #tell(policy: HaltPolicy, drafts: readonly ConditionDraft[]): void {
    for (const draft of drafts) {
      const before = policy.status?.conditions?.find(({ type }) => type === draft.type);
      if (!isBad(draft) || before?.reason === draft.reason) continue;
      const regarding = { apiVersion: API_VERSION, kind: "HaltPolicy", metadata: policy.metadata };
      this.#options.events.record({
        regarding,
        type: "Warning",
        reason: draft.reason,
        message: draft.message,
      });
    }
  }
}

function isBad({ type, status, reason }: ConditionDraft): boolean {
  switch (type) {
    case "Ready":
      return status === "False" || reason === "SelectsEverything";
    case "PagingReady":
      return status === "False";
    case "LogsReadable":
      return status === "False";
    case "Upgrading":
      return status === "Unknown";
    default:
      return status === "True";
  }
}

function isSame(a: HaltPolicyStatus | undefined, b: HaltPolicyStatus): boolean {
  return canonical(a ?? {}) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) =>
    typeof field === "object" && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );
}
