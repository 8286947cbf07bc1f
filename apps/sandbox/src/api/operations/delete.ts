import { arrayAt, clone, type Json, numberAt, stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { preconditionFailed } from "../api-error.ts";
import { type ApiContext, existing, served, type Target, timestamp } from "./context.ts";

/** meta/v1 DeleteOptions. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly dryRun: boolean;
}

/** What came of a delete: `gone` when nothing is left, else the object that waits for it. */
export interface Deleted {
  readonly object: KubeObject;
  readonly gone: boolean;
}

/**
 * DELETE: removes the object, or marks it when finalizers or a grace period hold it.
 * @throws ApiError 404, 409 when a precondition fails.
 */
export function remove(context: ApiContext, target: Target, options: DeleteOptions): Deleted {
  const { type } = target;
  const current = existing(context, target);
  requirePreconditions(target, current, options);
  const grace = type.gracePeriodSeconds?.(current, options.gracePeriodSeconds) ?? 0;
  const finalizers = withPropagation(current, options.propagationPolicy);
  const holds = finalizers.length > 0 || grace > 0 || isActiveNamespace(target, current);
  if (options.dryRun) return { object: served(type, current), gone: !holds };
  if (!holds) {
    const last = type.gracePeriodSeconds === undefined ? current : ended(current, context.now());
    return { object: served(type, context.store.commit("DELETED", type.storageKey, last)), gone: true };
  }
  return { object: served(type, mark(context, target, current, grace, finalizers)), gone: false };
}

/** The last state of an object whose grace period is over. */
function ended(current: KubeObject, now: number): KubeObject {
  const deletionTimestamp = current.metadata.deletionTimestamp ?? timestamp(now);
  return { ...current, metadata: { ...current.metadata, deletionTimestamp, deletionGracePeriodSeconds: 0 } };
}

function requirePreconditions({ type, name }: Target, current: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = current.metadata;
  if (options.uid !== undefined && options.uid !== uid) {
    throw preconditionFailed(type, name, "UID", options.uid, String(uid));
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    throw preconditionFailed(type, name, "ResourceVersion", options.resourceVersion, String(resourceVersion));
  }
}

const PROPAGATION: Readonly<Record<string, string>> = { Foreground: "foregroundDeletion", Orphan: "orphan" };

function withPropagation(current: KubeObject, policy: string | undefined): readonly Json[] {
  const finalizers = arrayAt(current, "metadata", "finalizers");
  const wanted = policy === undefined ? undefined : PROPAGATION[policy];
  return wanted === undefined || finalizers.includes(wanted) ? finalizers : [...finalizers, wanted];
}

/** A namespace stays until its content is gone and the namespace loop has finalized it. */
function isActiveNamespace({ type }: Target, current: KubeObject): boolean {
  return type.storageKey === "/namespaces" && arrayAt(current, "spec", "finalizers").length > 0;
}

/** Sets deletionTimestamp; a second delete may only shorten the grace period. */
function mark(
  context: ApiContext,
  { type }: Target,
  current: KubeObject,
  grace: number,
  finalizers: readonly Json[],
): KubeObject {
  const previous = numberAt(current, "metadata", "deletionGracePeriodSeconds");
  const isMarked = current.metadata.deletionTimestamp !== undefined;
  if (
    isMarked &&
    grace >= (previous ?? 0) &&
    finalizers.length === arrayAt(current, "metadata", "finalizers").length
  ) {
    return current;
  }
  const next = clone<KubeObject>(current);
  const seconds = isMarked ? Math.min(grace, previous ?? grace) : grace;
  next.metadata.deletionTimestamp =
    isMarked && seconds === previous
      ? (stringAt(current, "metadata", "deletionTimestamp") ?? "")
      : timestamp(context.now() + seconds * 1000);
  if (type.storageKey !== "/namespaces") next.metadata.deletionGracePeriodSeconds = seconds;
  if (finalizers.length > 0) next.metadata.finalizers = [...finalizers];
  if (type.storageKey === "/namespaces") next.status = { phase: "Terminating" };
  if (type.generation) next.metadata.generation = (numberAt(current, "metadata", "generation") ?? 0) + 1;
  return context.store.commit("MODIFIED", type.storageKey, next);
}
