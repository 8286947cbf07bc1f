import { arrayAt, isObject, type Json, type JsonObject } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { invalid } from "../api-error.ts";
import { readObject } from "./admission.ts";
import { BuiltInError, requireBuiltIn } from "./built-in-body.ts";
import type { Target } from "./context.ts";

/**
 * What a patch made, which must still be readable as its type; if it isn't, kube-apiserver answers with all of it, or
 * with the patch alone where that was a strategic one.
 *
 * @throws ApiError 400, 422.
 */
export function readPatched(patched: Json, target: Target, strategicPatch?: Json): KubeObject {
  const { type } = target;
  if (!type.builtIn || !isObject(patched)) return readObject(patched, target);
  try {
    requireBuiltIn(type, patched);
  } catch (error) {
    if (!(error instanceof BuiltInError)) throw error;
    const isStrategic = strategicPatch !== undefined;
    const text = isStrategic ? goMap(strategicPatch) : JSON.stringify(inGoOrder(patched));
    const why = isStrategic ? error.unstructured : error.why;
    const message = `Invalid value: ${JSON.stringify(text)}: ${why}`;
    throw invalid({ group: "", kind: "" }, "", [{ reason: "FieldValueInvalid", message, field: "patch" }]);
  }
  return readObject(patched, target);
}

/** As Go's `%+v` prints a decoded JSON value. */
function goMap(value: Json): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(goMap).join(" ")}]`;
  if (!isObject(value)) return String(value);
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${goMap(item)}`).join(" ")}]`;
}

/** The order of the fields of Go's ObjectMeta and ManagedFieldsEntry; what was patched has its keys sorted. */
const METADATA =
  "name generateName namespace selfLink uid resourceVersion generation creationTimestamp deletionTimestamp " +
  "deletionGracePeriodSeconds labels annotations ownerReferences finalizers managedFields manager operation " +
  "apiVersion time fieldsType fieldsV1 subresource";
const PLACES = new Map(METADATA.split(" ").map((field, place) => [field, place]));

function inGoOrder(object: JsonObject): JsonObject {
  const { metadata } = object;
  const fields = Object.entries(object).toSorted(([left], [right]) => (left < right ? -1 : 1));
  const sorted = Object.fromEntries(fields);
  if (!isObject(metadata)) return sorted;
  const managers = arrayAt(metadata, "managedFields").filter(isObject).map(inFieldOrder);
  return {
    ...sorted,
    metadata: inFieldOrder(managers.length === 0 ? metadata : { ...metadata, managedFields: managers }),
  };
}

/** Of fields that have no place, as those of fieldsV1, the names are sorted. */
function inFieldOrder(object: JsonObject): JsonObject {
  const place = (field: string): number => PLACES.get(field) ?? PLACES.size;
  return Object.fromEntries(Object.entries(object).toSorted(([left], [right]) => place(left) - place(right)));
}
