import {
  arrayAt,
  clone,
  equal,
  isObject,
  type Json,
  type JsonObject,
  numberAt,
  stringAt,
} from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { conflict, invalid, MODIFIED } from "../api-error.ts";
import { trackUpdate } from "../apply/managed-fields.ts";
import { admit, readObject } from "./admission.ts";
import {
  type ApiContext,
  existing,
  served,
  type Target,
  timestamp,
  type WriteOptions,
  type Written,
} from "./context.ts";

/**
 * PUT: replaces the object, or its status on the status subresource.
 * @throws ApiError 400, 404, 409 (resourceVersion or uid differs), 422.
 */
export function update(context: ApiContext, target: Target, body: Json, options: WriteOptions): Written {
  const received = readObject(body, target);
  const current = existing(context, target);
  if (!target.type.builtIn && stringAt(received, "metadata", "resourceVersion") === undefined) {
    const message = "Invalid value: 0: must be specified for an update";
    throw invalid({ group: target.type.group, kind: target.type.plural }, target.name, [
      { reason: "FieldValueInvalid", message, field: "metadata.resourceVersion" },
    ]);
  }
  return replace(context, target, current, received, options);
}

/** Stores `received` in the place of `current`: the common end of PUT, PATCH and apply. */
export function replace(
  context: ApiContext,
  target: Target,
  current: KubeObject,
  received: KubeObject,
  options: WriteOptions,
): Written {
  const { type, subresource } = target;
  requireSame(target, current, received);
  const converted = type.conversion === undefined ? received : type.conversion.toStored(received);
  const next = clone<KubeObject>(
    subresource === "status"
      ? withStatus(current, converted, type.builtIn)
      : withoutStatus(current, converted, target),
  );
  keepIdentity(next.metadata, current.metadata);
  const warnings = admit(next, current, type, options);
  if (type.generation && !equal(specOf(next), specOf(current))) {
    next.metadata.generation = (numberAt(current, "metadata", "generation") ?? 0) + 1;
  }
  if (isEqualButForBookkeeping(next, current)) return { object: served(type, current), warnings };
  if (options.manager.operation === "Update") {
    next.metadata.managedFields = trackUpdate(type, current, next, options.manager, timestamp(context.now()));
  }
  if (options.dryRun) return { object: served(type, next), warnings };
  const change = isGone(next) ? "DELETED" : "MODIFIED";
  return { object: served(type, context.store.commit(change, type.storageKey, next)), warnings };
}

function requireSame({ type, name, namespace }: Target, current: KubeObject, received: KubeObject): void {
  const uid = stringAt(received, "metadata", "uid") ?? "";
  if (uid !== "" && uid !== current.metadata.uid) {
    throw conflict(
      type,
      name,
      `StorageError: invalid object, Code: 4, Key: /registry/${type.plural}/${namespace}/${name}, ResourceVersion: 0, ` +
        `AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`,
    );
  }
  const version = stringAt(received, "metadata", "resourceVersion") ?? "";
  if (version !== "" && version !== current.metadata.resourceVersion) throw conflict(type, name, MODIFIED);
}

/** On the status subresource only status counts; built-in types also let metadata through. */
function withStatus(current: KubeObject, received: KubeObject, keepsMetadata: boolean): KubeObject {
  const { status: _, ...rest } = current;
  const base = { ...rest, apiVersion: current.apiVersion, kind: current.kind };
  const metadata = keepsMetadata ? { ...received.metadata } : current.metadata;
  const { status } = received;
  return { ...base, metadata, ...(status === undefined ? {} : { status }) };
}

function withoutStatus(current: KubeObject, received: KubeObject, { type }: Target): KubeObject {
  if (!type.subresources.includes("status")) return received;
  const { status: _, ...rest } = received;
  const base = { ...rest, apiVersion: received.apiVersion, kind: received.kind, metadata: received.metadata };
  return current.status === undefined ? base : { ...base, status: current.status };
}

const SERVER_SET = [
  "uid",
  "creationTimestamp",
  "generation",
  "resourceVersion",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "generateName",
] as const;

function keepIdentity(next: JsonObject, current: JsonObject): void {
  for (const field of SERVER_SET) {
    const value = current[field];
    if (value === undefined) delete next[field];
    else next[field] = value;
  }
  if (next.managedFields === undefined && current.managedFields !== undefined)
    next.managedFields = current.managedFields;
}

function specOf(object: KubeObject): JsonObject {
  const { metadata: _, status: __, apiVersion: ___, ...rest } = object;
  return rest;
}

function isEqualButForBookkeeping(next: KubeObject, current: KubeObject): boolean {
  const strip = (object: KubeObject): JsonObject => {
    const managers = arrayAt(object, "metadata", "managedFields").filter(isObject);
    const fields = managers.map(({ time: _, ...entry }) => entry);
    return { ...object, metadata: { ...object.metadata, resourceVersion: "", managedFields: fields } };
  };
  return equal(strip(next), strip(current));
}

/** An object that waits for deletion goes once nothing holds it: no finalizer and no grace. */
function isGone(object: KubeObject): boolean {
  return (
    object.metadata.deletionTimestamp !== undefined &&
    arrayAt(object, "metadata", "finalizers").length === 0 &&
    (numberAt(object, "metadata", "deletionGracePeriodSeconds") ?? 0) === 0
  );
}
