import { arrayAt, isObject, type Json, type JsonObject, stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { apiVersionOf, type ResourceType } from "../resources/resource-type.ts";
import { changedFields, type FieldSet, fromFieldsV1, toFieldsV1, valueAt } from "./field-set.ts";
import { cursorOf } from "./type-cursor.ts";

/** Who writes: the manager's name, how, and through which subresource. */
export interface Manager {
  readonly name: string;
  readonly operation: "Apply" | "Update";
  readonly subresource: string;
}

/** One entry of metadata.managedFields, its fields as a set. */
export interface ManagedEntry {
  readonly manager: Manager;
  readonly apiVersion: string;
  readonly time: string;
  readonly fields: FieldSet;
}

const UNOWNED_METADATA = [
  "name",
  "namespace",
  "uid",
  "resourceVersion",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "generation",
  "generateName",
  "managedFields",
];

/** `object` without what no manager owns: its type, its identity and what the server sets. */
export function ownable(object: KubeObject): JsonObject {
  const { apiVersion, kind, metadata, ...rest } = object;
  const kept = Object.entries(metadata).filter(([key]) => !UNOWNED_METADATA.includes(key));
  return { ...rest, ...(kept.length === 0 ? {} : { metadata: Object.fromEntries(kept) }) };
}

export function readManagedFields(object: KubeObject): readonly ManagedEntry[] {
  return arrayAt(object, "metadata", "managedFields")
    .filter(isObject)
    .map((entry) => ({
      manager: {
        name: stringAt(entry, "manager") ?? "unknown",
        operation: entry.operation === "Apply" ? "Apply" : "Update",
        subresource: stringAt(entry, "subresource") ?? "",
      },
      apiVersion: stringAt(entry, "apiVersion") ?? "",
      time: stringAt(entry, "time") ?? "",
      fields: fromFieldsV1(entry.fieldsV1),
    }));
}

export function writeManagedFields(entries: readonly ManagedEntry[]): Json[] {
  const kept = entries.filter((entry) => entry.fields.size > 0);
  const ordered = kept.toSorted((left, right) => rank(left) - rank(right));
  return ordered.map((entry) => ({
    manager: entry.manager.name,
    operation: entry.manager.operation,
    apiVersion: entry.apiVersion,
    time: entry.time,
    fieldsType: "FieldsV1",
    fieldsV1: toFieldsV1(entry.fields),
    ...(entry.manager.subresource === "" ? {} : { subresource: entry.manager.subresource }),
  }));
}

function rank(entry: ManagedEntry): number {
  return entry.manager.operation === "Apply" ? 0 : 1;
}

export function sameManager(left: Manager, right: Manager): boolean {
  return (
    left.name === right.name && left.operation === right.operation && left.subresource === right.subresource
  );
}

/** managedFields of `after`: what changed since `before` is the manager's, and no one else's any more. */
export function trackUpdate(
  type: ResourceType,
  before: KubeObject | undefined,
  after: KubeObject,
  manager: Manager,
  time: string,
): Json[] {
  const cursor = cursorOf(type);
  const now = ownable(after);
  const changed = changedFields(before === undefined ? undefined : ownable(before), now, cursor);
  const entries = before === undefined ? [] : readManagedFields(before);
  const others = entries.map((entry) => {
    const left = [...entry.fields].filter(
      (path) =>
        sameManager(entry.manager, manager) ||
        (!changed.has(path) && valueAt(now, path, cursor) !== undefined),
    );
    return { ...entry, fields: new Set(left.filter((path) => valueAt(now, path, cursor) !== undefined)) };
  });
  const own = others.find((entry) => sameManager(entry.manager, manager));
  const fields = new Set([...(own?.fields ?? []), ...changed]);
  const rest = others.filter((entry) => entry !== own);
  const isSame = own !== undefined && fields.size === own.fields.size;
  return writeManagedFields([
    ...rest,
    { manager, apiVersion: apiVersionOf(type), time: isSame && own !== undefined ? own.time : time, fields },
  ]);
}
