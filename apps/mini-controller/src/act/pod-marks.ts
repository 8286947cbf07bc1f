import { hasCode, type KubeApi, type KubeObject } from "@upgrade-halt/kube";
import { CONDITION_NOT_HALTED, LABEL_HALT } from "../api/group.ts";
import type { HaltPolicy } from "../api/halt-policy.ts";
import { timestamp } from "../journal/journal-entry.ts";
import { namespaceOf, objectPath, PODS } from "../kube/paths.ts";
import type { Pod } from "../model/pod.ts";

/**
 * What others can see on the pod itself: a label while it is halted, by which alert rules tell an expected halt
 * from trouble, and a condition for its readiness gates (a halted stay-alive node stays Ready by its probe).
 */
export class PodMarks {
  readonly #api: KubeApi;
  readonly #now: () => number;

  constructor(api: KubeApi, now: () => number) {
    this.#api = api;
    this.#now = now;
  }

  /**
   * Makes label and condition say why the pod is halted (`reason`), or that it isn't, and writes only what differs. A
   * pod that went or was made anew meanwhile (its UID then makes the patch invalid) is told of by its own change. A dry run, and no
   * policy at all, marks no pod; what was marked before is taken off all the same, and a label that is no mark of ours stays.
   */
  async sync(pod: Pod, policy: HaltPolicy | undefined, reason: string | undefined): Promise<void> {
    if (pod.metadata.deletionTimestamp !== undefined) return;
    const marks = policy !== undefined && !policy.spec.dryRun;
    if (!marks && (reason !== undefined || !isMarked(pod))) return;
    try {
      const labelled = pod.metadata.labels?.[LABEL_HALT] === reason ? pod : await this.#label(pod, reason);
      const wanted = wantedCondition(pod, reason);
      if (wanted !== undefined && conditionOf(pod)?.status !== wanted)
        await this.#setCondition(labelled, wanted, reason);
    } catch (error) {
      if (!hasCode(error, "not-found", "conflict", "invalid")) throw error;
    }
  }

  /** The pod with the label. */
  async #label({ metadata }: Pod, reason: string | undefined): Promise<KubeObject> {
    const path = objectPath(PODS, namespaceOf({ metadata }), metadata.name);
    const { uid, resourceVersion } = metadata;
    const body = { metadata: { uid, resourceVersion, labels: { [LABEL_HALT]: reason ?? null } } };
    return await this.#api.mergePatch(path, body);
  }

  /** The kubelet owns the other conditions: merged by type, they stay as they are. */
  async #setCondition(
    { metadata }: KubeObject,
    status: "True" | "False",
    reason: string | undefined,
  ): Promise<void> {
    const { namespace = "", name, uid, resourceVersion } = metadata;
    const condition = {
      type: CONDITION_NOT_HALTED,
      status,
      reason: status === "True" ? "Running" : "Halted",
      message: reason === undefined ? "" : `The node halted: ${reason}.`,
      lastTransitionTime: timestamp(this.#now()).replace(/\.\d+Z$/, "Z"),
    };
    await this.#api.strategicMergePatch(objectPath(PODS, namespace, name, "status"), {
      metadata: { uid, resourceVersion },
      status: { conditions: [condition] },
    });
  }
}

/** By the condition: anybody may write a label, and its workload may select by it. */
function isMarked(pod: Pod): boolean {
  return conditionOf(pod)?.status === "False";
}

function conditionOf(pod: Pod) {
  return pod.status?.conditions?.find(({ type }) => type === CONDITION_NOT_HALTED);
}

/** A gate must be True for the pod to be Ready; without a gate, only a halt is worth a condition. */
function wantedCondition(pod: Pod, reason: string | undefined): "True" | "False" | undefined {
  if (reason !== undefined) return "False";
  const gated =
    pod.spec.readinessGates?.some(({ conditionType }) => conditionType === CONDITION_NOT_HALTED) ?? false;
  return gated || conditionOf(pod) !== undefined ? "True" : undefined;
}
