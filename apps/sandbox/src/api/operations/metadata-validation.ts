import { arrayAt, isObject, type Json, stringAt, stringsAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import type { Cause } from "../api-error.ts";
import { labelKeyDefect, labelValueDefect } from "../label-syntax.ts";

/** The rules of ObjectMeta that clients run into (k8s.io/apimachinery/pkg/api/validation). */
export function validateMetadata(
  object: KubeObject,
  old: KubeObject | undefined,
  isBuiltIn: boolean,
): readonly Cause[] {
  const owners = arrayAt(object, "metadata", "ownerReferences").filter(isObject);
  return [
    ...validateLabels(object),
    ...validateAnnotations(object),
    ...(isBuiltIn ? validateFinalizerNames(object) : []),
    ...owners.flatMap(validateOwner),
    ...(old === undefined ? [] : validateFinalizers(object, old)),
  ];
}

function validateAnnotations(object: KubeObject): readonly Cause[] {
  return Object.keys(stringsAt(object, "metadata", "annotations")).flatMap((key) => {
    const defect = labelKeyDefect(key.toLowerCase());
    if (defect === undefined) return [];
    const message = `Invalid value: ${JSON.stringify(key)}: ${defect}`;
    return [{ reason: "FieldValueInvalid", message, field: "metadata.annotations" }];
  });
}

const STANDARD_FINALIZERS = new Set(["kubernetes", "orphan", "foregroundDeletion"]);

function validateFinalizerNames(object: KubeObject): readonly Cause[] {
  return arrayAt(object, "metadata", "finalizers").flatMap((name, index) => {
    if (typeof name !== "string" || name.includes("/") || STANDARD_FINALIZERS.has(name)) return [];
    const why = "name is neither a standard finalizer name nor is it fully qualified";
    const message = `Invalid value: ${JSON.stringify(name)}: ${why}`;
    return [{ reason: "FieldValueInvalid", message, field: `metadata.finalizers[${index}]` }];
  });
}

function validateLabels(object: KubeObject): readonly Cause[] {
  return Object.entries(stringsAt(object, "metadata", "labels")).flatMap(([key, value]) =>
    [
      [key, labelKeyDefect(key)],
      [value, labelValueDefect(value)],
    ].flatMap(([text, defect]) =>
      defect === undefined
        ? []
        : [
            {
              reason: "FieldValueInvalid",
              message: `Invalid value: ${JSON.stringify(text)}: ${defect}`,
              field: "metadata.labels",
            },
          ],
    ),
  );
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
