import { isObject, type Json, type JsonObject } from "../../json/json.ts";
import { propertySchema, type StructuralSchema } from "./structural-schema.ts";

/**
 * Removes, in place, every field that `schema` doesn't specify and returns their paths
 * (apiextensions pruning). apiVersion, kind and metadata of the root are never pruned.
 */
export function prune(root: JsonObject, schema: StructuralSchema): readonly string[] {
  const removed: string[] = [];
  pruneObject(root, schema, "", removed, true);
  return removed;
}

function pruneValue(value: Json, schema: StructuralSchema, path: string, removed: string[]): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return;
    for (const [index, item] of value.entries()) pruneValue(item, items, `${path}[${index}]`, removed);
  } else if (isObject(value)) pruneObject(value, schema, path, removed, false);
}

function pruneObject(
  value: JsonObject,
  schema: StructuralSchema,
  path: string,
  removed: string[],
  isRoot: boolean,
): void {
  const keepsUnknown = schema["x-kubernetes-preserve-unknown-fields"] === true;
  const embedded = isRoot || schema["x-kubernetes-embedded-resource"] === true;
  for (const [key, item] of Object.entries(value)) {
    if (embedded && (key === "apiVersion" || key === "kind" || key === "metadata")) continue;
    const child = path === "" ? key : `${path}.${key}`;
    const property = propertySchema(schema, key);
    if (property !== undefined) pruneValue(item, property, child, removed);
    else if (!keepsUnknown && schema.additionalProperties !== true) {
      delete value[key];
      removed.push(child);
    }
  }
}
