import { arrayAt, isObject, type Json, stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import type { Cause } from "../api-error.ts";

/** The rules of ObjectMeta that clients run into (k8s.io/apimachinery/pkg/api/validation). */
export function validateMetadata(object: KubeObject, old: KubeObject | undefined): readonly Cause[] {
  const owners = arrayAt(object, "metadata", "ownerReferences").filter(isObject);
  return [...owners.flatMap(validateOwner), ...(old === undefined ? [] : validateFinalizers(object, old))];
}

function validateOwner(owner: Json): readonly Cause[] {
  return ["apiVersion", "kind", "name", "uid"]
    .filter((field) => (stringAt(owner, field) ?? "") === "")
    .map((field) => ({
      reason: "FieldValueInvalid",
      message: `Invalid value: ${field === "apiVersion" ? '"": version' : '""'}: must not be empty`,
      field: `metadata.ownerReferences.${field}`,
    }));
}

/** An object that is being deleted takes no new finalizer. */
function validateFinalizers(object: KubeObject, old: KubeObject): readonly Cause[] {
  if (old.metadata.deletionTimestamp === undefined) return [];
  const before = arrayAt(old, "metadata", "finalizers");
  const added = arrayAt(object, "metadata", "finalizers").filter((one) => !before.includes(one));
  if (added.length === 0) return [];
  const list = added.map((one) => JSON.stringify(one)).join(", ");
  const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
  const cause = { reason: "FieldValueForbidden", message, field: "metadata.finalizers" };
  return [cause, cause];
}
