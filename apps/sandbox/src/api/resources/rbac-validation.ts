import { arrayAt, equal, type Json, objectAt, stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import type { Cause } from "../api-error.ts";

/** The rules of rbac/v1 Roles that clients run into (pkg/apis/rbac/validation). */
export function validateRole(role: KubeObject): readonly Cause[] {
  return arrayAt(role, "rules").flatMap(validateRule);
}

function validateRule(rule: Json, index: number): readonly Cause[] {
  const at = `rules[${index}]`;
  const isEmpty = (field: string): boolean => arrayAt(rule, field).length === 0;
  const missing = (field: string, what: string): Cause => ({
    reason: "FieldValueRequired",
    message: `Required value: ${what}`,
    field: `${at}.${field}`,
  });
  const verbs = isEmpty("verbs") ? [missing("verbs", "verbs must contain at least one value")] : [];
  if (!isEmpty("nonResourceURLs")) return verbs;
  return [
    ...verbs,
    ...(isEmpty("apiGroups")
      ? [missing("apiGroups", "resource rules must supply at least one api group")]
      : []),
    ...(isEmpty("resources")
      ? [missing("resources", "resource rules must supply at least one resource")]
      : []),
  ];
}

/** A binding stays with the role that it was made for. */
export function validateBinding(binding: KubeObject, old: KubeObject | undefined): readonly Cause[] {
  if (old === undefined || equal(objectAt(binding, "roleRef"), objectAt(old, "roleRef"))) return [];
  const role = (field: string): string => stringAt(binding, "roleRef", field) ?? "";
  const given = { APIGroup: role("apiGroup"), Kind: role("kind"), Name: role("name") };
  const message = `Invalid value: ${JSON.stringify(given)}: cannot change roleRef`;
  return [{ reason: "FieldValueInvalid", message, field: "roleRef" }];
}
