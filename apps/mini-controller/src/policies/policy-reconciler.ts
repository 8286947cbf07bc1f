import { type ConditionDraft, mergeConditions } from "../api/condition.ts";
import { API_VERSION } from "../api/group.ts";
import { type HaltPolicy, type HaltPolicyStatus, withDefaults } from "../api/halt-policy.ts";
import type { SecretKeyRef } from "../api/paging.ts";
import { hasCode, messageOf } from "../controller-error.ts";
import { timestamp } from "../halts/journal.ts";
import { judgePod } from "../halts/judgement.ts";
import type { StatusWatch } from "../halts/status-watch.ts";
import { haltsOf, type Stores } from "../halts/stores.ts";
import type { EventRecorder } from "../kube/event-recorder.ts";
import { HALT_POLICIES, objectPath } from "../kube/paths.ts";
import { keyOf } from "../kube/store.ts";
import type { KubeApi } from "../kube/types.ts";
import { readSecretKey } from "../paging/secrets.ts";
import type { Outcome } from "../queue/key-queue.ts";
import { governingPolicy } from "./governing-policy.ts";
import { matchesLabels } from "./label-selector.ts";
import { conditionsOf, countsOf, type JudgedPod, type PolicyView } from "./policy-summary.ts";

export interface PolicyReconcilerOptions {
  readonly api: KubeApi;
  readonly stores: Stores;
  readonly statuses: StatusWatch;
  readonly events: EventRecorder;
  readonly now: () => number;
}

/** Secrets are not watched, so a policy with a broken one is looked at again after this time. */
const LOOK_AGAIN_MS = 30_000;

/** Keeps a policy's status equal to what its pods, its halts and its paging targets are. */
export class PolicyReconciler {
  readonly #options: PolicyReconcilerOptions;

  constructor(options: PolicyReconcilerOptions) {
    this.#options = options;
  }

  async reconcile(key: string): Promise<Outcome> {
    const { stores } = this.#options;
    const policy = stores.policies.get(key);
    if (policy === undefined) return {};
    const view: PolicyView = {
      policy,
      pods: this.#judgedPods(policy),
      halts: stores.halts.under(haltsOf.policy(key)),
      failed: stores.halts.under(haltsOf.failed(key)).length,
      pagingFaults: await this.#pagingFaults(policy),
    };
    await this.#write(policy, view);
    return view.pagingFaults.length > 0 ? { requeueAfterMs: LOOK_AGAIN_MS } : {};
  }

  #judgedPods(policy: HaltPolicy): readonly JudgedPod[] {
    const { stores, statuses } = this.#options;
    const namespace = policy.metadata.namespace ?? "";
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

  async #pagingFaults({ metadata, spec }: HaltPolicy): Promise<readonly string[]> {
    const refs = spec.paging.flatMap(({ webhook, alertmanager, pagerDuty }) => [
      webhook?.urlSecretRef,
      webhook?.hmacSecretRef,
      alertmanager?.urlSecretRef,
      pagerDuty?.routingKeySecretRef,
    ]);
    const faults = await Promise.all(
      refs.map((ref) => ref && this.#secretFault(metadata.namespace ?? "", ref)),
    );
    return faults.filter((fault) => fault !== undefined);
  }

  async #secretFault(namespace: string, ref: SecretKeyRef): Promise<string | undefined> {
    try {
      await readSecretKey(this.#options.api, namespace, ref);
      return undefined;
    } catch (error) {
      if (!hasCode(error, "bad-reference")) throw error;
      return messageOf(error);
    }
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
    const body = { metadata: { resourceVersion }, status };
    const written = await api.mergePatch<HaltPolicy>(
      objectPath(HALT_POLICIES, namespace, name, "status"),
      body,
    );
    stores.policies.put(withDefaults(written));
    this.#tell(policy, drafts);
  }

  /** An Event for each condition that turned bad. */
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

function isBad({ type, status }: ConditionDraft): boolean {
  switch (type) {
    case "Ready":
    case "PagingReady":
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
