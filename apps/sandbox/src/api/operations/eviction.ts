import { arrayAt, at, type Json, stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { ApiError, badRequest } from "../api-error.ts";
import { matchesSelector } from "../label-selector.ts";
import { type ApiContext, existing, type Target } from "./context.ts";
import { type DeleteOptions, remove } from "./delete.ts";

/**
 * POST pods/{name}/eviction: deletes the pod where no PodDisruptionBudget forbids it.
 *
 * @throws ApiError 400, 404, 409 when a precondition fails, 429 when a budget forbids it.
 */
export function evict(
  context: ApiContext,
  target: Target,
  body: Json | undefined,
  options: DeleteOptions,
): void {
  const named = stringAt(body, "metadata", "name") ?? target.name;
  if (named !== target.name) throw badRequest("name in URL does not match name in Eviction object");
  const pod = existing(context, target);
  if (holdsBudget(pod)) requireBudget(context, target, pod);
  remove(context, { ...target, subresource: "" }, options);
}

/** A pod that has ended, waits or is going needs no budget (pkg/registry/core/pod/storage/eviction.go). */
function holdsBudget(pod: KubeObject): boolean {
  const phase = stringAt(pod, "status", "phase") ?? "";
  return pod.metadata.deletionTimestamp === undefined && !["Succeeded", "Failed", "Pending"].includes(phase);
}

function requireBudget(context: ApiContext, { namespace }: Target, pod: KubeObject): void {
  const budgets = context.store
    .list("policy/poddisruptionbudgets", namespace)
    .filter((budget) => matchesSelector(at(budget, "spec", "selector"), pod));
  if (budgets.length > 1) {
    const message =
      "Internal error occurred: This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
    throw new ApiError(500, "InternalError", message, {});
  }
  for (const budget of budgets) {
    const selected = context.store
      .list("/pods", namespace)
      .filter((one) => matchesSelector(at(budget, "spec", "selector"), one));
    const healthy = selected.filter(isHealthy).length;
    const needed = neededBy(budget, selected.length);
    if (!isHealthy(pod) || healthy - 1 >= needed) continue;
    throw new ApiError(
      429,
      "TooManyRequests",
      "Cannot evict pod as it would violate the pod's disruption budget.",
      {
        causes: [
          {
            reason: "DisruptionBudget",
            message: `The disruption budget ${budget.metadata.name} needs ${needed} healthy pods and has ${healthy} currently`,
          },
        ],
      },
    );
  }
}

function isHealthy(pod: KubeObject): boolean {
  const ready = arrayAt(pod, "status", "conditions").find((one) => at(one, "type") === "Ready");
  return pod.metadata.deletionTimestamp === undefined && stringAt(ready, "status") === "True";
}

/** How many of the budget's pods must stay healthy; what is neither said is 1 unavailable. */
function neededBy(budget: KubeObject, expected: number): number {
  const least = at(budget, "spec", "minAvailable");
  if (least !== undefined) return share(least, expected);
  return Math.max(0, expected - share(at(budget, "spec", "maxUnavailable") ?? 1, expected));
}

function share(value: Json, of: number): number {
  if (typeof value === "number") return value;
  return Math.ceil((Number.parseInt(String(value), 10) / 100) * of);
}
