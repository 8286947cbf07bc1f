import { arrayAt, isObject, type Json, stringAt, stringsAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";

type Labels = Readonly<Record<string, string>>;

/** Whether a meta/v1 LabelSelector selects the object; an empty one selects everything, none nothing. */
export function matchesSelector(selector: Json | undefined, object: KubeObject): boolean {
  if (!isObject(selector)) return false;
  const labels = stringsAt(object, "metadata", "labels");
  const isOf = Object.entries(stringsAt(selector, "matchLabels")).every(
    ([key, value]) => labels[key] === value,
  );
  return isOf && arrayAt(selector, "matchExpressions").every((one) => meets(one, labels));
}

function meets(expression: Json, labels: Labels): boolean {
  const value = labels[stringAt(expression, "key") ?? ""];
  const values = arrayAt(expression, "values");
  switch (stringAt(expression, "operator")) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return false;
  }
}
