import { clone, isObject, type Json, numberAt, objectAt, stringAt, stringsAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { badRequest, conflict, invalid } from "../api-error.ts";
import { trackUpdate } from "../apply/managed-fields.ts";
import { type ApiContext, existing, type Target, timestamp, type WriteOptions } from "./context.ts";
import { patchDocument } from "./patch.ts";
import { replace } from "./update.ts";

/** POST pods/{name}/binding: assigns the pod to a node, once. @throws ApiError 400, 404, 409. */
export function bind(context: ApiContext, target: Target, body: Json, options: WriteOptions): void {
  const node = stringAt(body, "target", "name");
  if (node === undefined || node === "") throw badRequest("a Binding names its node in target.name");
  const current = existing(context, target);
  const bound = stringAt(current, "spec", "nodeName");
  if (bound !== undefined) {
    throw conflict(target.type, target.name, `pod ${target.name} is already assigned to node "${bound}"`);
  }
  const next = clone<KubeObject>(current);
  next.spec = { ...objectAt(next, "spec"), nodeName: node };
  const now = timestamp(context.now());
  const scheduled = { type: "PodScheduled", status: "True", lastProbeTime: null, lastTransitionTime: now };
  next.status = { ...objectAt(next, "status"), conditions: [scheduled] };
  next.metadata.managedFields = trackUpdate(target.type, current, next, options.manager, now);
  if (!options.dryRun) context.store.commit("MODIFIED", target.type.storageKey, next);
}

/** The autoscaling/v1 Scale of a workload. */
export function scaleOf(object: KubeObject): KubeObject {
  const { name, namespace = "", uid = "", resourceVersion = "", creationTimestamp = "" } = object.metadata;
  const replicas = numberAt(object, "spec", "replicas") ?? 0;
  const selector = Object.entries(stringsAt(object, "spec", "selector", "matchLabels"));
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: {
      replicas: numberAt(object, "status", "replicas") ?? 0,
      selector: selector.map(([key, value]) => `${key}=${value}`).join(","),
    },
  };
}

/** Writes the replica count of a Scale into its workload. @throws ApiError 400, 404, 409. */
export function setScale(
  context: ApiContext,
  target: Target,
  scale: Json,
  options: WriteOptions,
): KubeObject {
  const current = existing(context, target);
  const replicas = numberAt(scale, "spec", "replicas") ?? 0;
  if (replicas < 0) {
    const message = `Invalid value: ${replicas}: must be greater than or equal to 0`;
    const cause = { reason: "FieldValueInvalid", message, field: "spec.replicas" };
    throw invalid({ group: "autoscaling", kind: "Scale" }, target.name, [cause]);
  }
  const resourceVersion = stringAt(scale, "metadata", "resourceVersion");
  const received: KubeObject = {
    ...current,
    metadata: { ...current.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
    spec: { ...objectAt(current, "spec"), replicas },
  };
  return scaleOf(replace(context, { ...target, subresource: "" }, current, received, options).object);
}

/** PATCH of a Scale. @throws ApiError 400, 404, 409, 415, 422. */
export function patchScale(
  context: ApiContext,
  target: Target,
  mediaType: string,
  body: Json,
  options: WriteOptions,
): KubeObject {
  const scale = scaleOf(existing(context, target));
  return setScale(context, target, patchDocument(scale, mediaType, body), options);
}

/** PUT namespaces/{name}/finalize: takes the given spec.finalizers over; the last one gone removes it. */
export function finalizeNamespace(
  context: ApiContext,
  target: Target,
  body: Json,
  options: Pick<WriteOptions, "dryRun">,
): KubeObject {
  const current = existing(context, target);
  const spec = isObject(body) ? objectAt(body, "spec") : {};
  const finalizers = Array.isArray(spec.finalizers) ? spec.finalizers : [];
  const isGone = finalizers.length === 0 && current.metadata.deletionTimestamp !== undefined;
  const next = { ...clone<KubeObject>(current), spec: { ...objectAt(current, "spec"), finalizers } };
  if (options.dryRun) return next;
  return context.store.commit(isGone ? "DELETED" : "MODIFIED", target.type.storageKey, next);
}
