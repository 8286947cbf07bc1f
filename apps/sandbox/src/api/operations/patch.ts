import { isObject, type Json, type JsonObject, stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { ApiError, badRequest, conflict, invalid, notFound, unsupportedMediaType } from "../api-error.ts";
import { applyConfiguration } from "../apply/server-side-apply.ts";
import { cursorOf } from "../apply/type-cursor.ts";
import { goKind, type RefuseBody, refusePatch, refuseStrategicPatch } from "../body-words.ts";
import { applyJsonPatch } from "../patch/json-patch.ts";
import { applyMergePatch } from "../patch/merge-patch.ts";
import { applyStrategicPatch } from "../patch/strategic-merge-patch.ts";
import { apiVersionOf } from "../resources/resource-type.ts";
import { readObject } from "./admission.ts";
import {
  type ApiContext,
  existing,
  served,
  type Target,
  type WriteOptions,
  type Written,
} from "./context.ts";
import { create } from "./create.ts";
import { readPatched } from "./patched-body.ts";
import { replace } from "./update.ts";

const JSON_PATCH = "application/json-patch+json";
const MERGE_PATCH = "application/merge-patch+json";
const STRATEGIC_PATCH = "application/strategic-merge-patch+json";
const APPLY_PATCH = "application/apply-patch+yaml";

export interface PatchOptions extends WriteOptions {
  /** Server-side apply: take over fields that others own. */
  readonly force: boolean;
  /** Whether the request named its field manager, which apply requires. */
  readonly isManagerNamed: boolean;
}

/** PATCH of any kind. @throws ApiError 400, 404, 409, 415, 422. */
export function patch(
  context: ApiContext,
  target: Target,
  mediaType: string,
  body: Json,
  options: PatchOptions,
): Written & { readonly created: boolean } {
  if (mediaType === APPLY_PATCH) return apply(context, target, body, options);
  const current = existing(context, target);
  const patched = applyPatch(target, served(target.type, current), mediaType, body);
  const received = readPatched(patched, target, mediaType === STRATEGIC_PATCH ? body : undefined);
  requireSameUid(target, current, received);
  return { ...replace(context, target, current, received, options), created: false };
}

function applyPatch({ type }: Target, current: KubeObject, mediaType: string, body: Json): Json {
  if (mediaType !== STRATEGIC_PATCH) return patchDocument(current, mediaType, body);
  if (!type.builtIn) throw unsupportedMediaType([JSON_PATCH, MERGE_PATCH, APPLY_PATCH]);
  return applyStrategicPatch(current, requireObject(body, refuseStrategicPatch), cursorOf(type));
}

/** A document after a JSON patch or a merge patch; a strategic one of what has no lists is a merge. */
export function patchDocument(document: KubeObject, mediaType: string, body: Json): Json {
  switch (mediaType) {
    case JSON_PATCH:
      return applyJsonPatch(document, body);
    case MERGE_PATCH:
    case STRATEGIC_PATCH:
      return applyMergePatch(document, requireObject(body, refusePatch));
    default:
      throw new ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});
  }
}

/** A patch may name the uid only as it is (the kubelet does, to hit no successor). */
function requireSameUid({ type, name }: Target, current: KubeObject, received: KubeObject): void {
  const { uid } = received.metadata;
  if (uid === undefined || uid === current.metadata.uid) return;
  const message = `Invalid value: ${JSON.stringify(uid)}: field is immutable`;
  const cause = { reason: "FieldValueInvalid", message, field: "metadata.uid" };
  throw invalid(type, name, [cause, cause]);
}

function requireObject(body: Json, refuse: RefuseBody): JsonObject {
  if (isObject(body)) return body;
  throw refuse(
    `json: cannot unmarshal ${goKind(body)} into Go value of type map[string]interface {}`,
    Buffer.of(),
  );
}

/** Server-side apply; makes the object when there is none. */
function apply(
  context: ApiContext,
  target: Target,
  body: Json,
  options: PatchOptions,
): Written & { readonly created: boolean } {
  const { type, namespace, name } = target;
  if (!options.isManagerNamed) {
    const message = "Required value: is required for apply patch";
    const cause = { reason: "FieldValueRequired", message, field: "fieldManager" };
    throw invalid({ group: "meta.k8s.io", kind: "PatchOptions" }, "", [cause]);
  }
  if (stringAt(body, "kind") === undefined) throw badRequest("invalid object type: /, Kind=");
  const config = readObject(body, target);
  if (config.metadata.managedFields !== undefined) throw badRequest("metadata.managedFields must be nil");
  const current = context.store.get(type.storageKey, namespace, name);
  const uid = stringAt(config, "metadata", "uid");
  if (current === undefined) {
    if (target.subresource !== "") throw notFound(type, name);
    if (uid !== undefined)
      throw conflict(
        type,
        name,
        `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
      );
  }
  const manager = { ...options.manager, operation: "Apply" as const };
  const live = current ?? emptyOf(config);
  const time = `${new Date(context.now()).toISOString().slice(0, 19)}Z`;
  const applied = applyConfiguration({ type, live, config, manager, force: options.force, time });
  const received = { ...applied, apiVersion: apiVersionOf(type), kind: type.kind };
  if (current === undefined)
    return { ...create(context, target, received, { ...options, manager }), created: true };
  const version = stringAt(config, "metadata", "resourceVersion");
  const checked = version === undefined ? received : withVersion(received, version);
  return { ...replace(context, target, current, checked, { ...options, manager }), created: false };
}

function emptyOf(config: KubeObject): KubeObject {
  const namespace = config.metadata.namespace;
  const metadata = { name: config.metadata.name, ...(namespace === undefined ? {} : { namespace }) };
  return { apiVersion: config.apiVersion, kind: config.kind, metadata };
}

function withVersion(object: KubeObject, resourceVersion: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion } };
}
