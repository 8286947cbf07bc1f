import { arrayAt, clone, equal, isObject, type Json, type JsonObject, set } from "../../json/json.ts";
import type { TypeCursor } from "../apply/type-cursor.ts";

const DIRECTIVE = /^\$(patch$|retainKeys$|setElementOrder\/|deleteFromPrimitiveList\/)/;

/**
 * A strategic merge patch (k8s.io/apimachinery/pkg/util/strategicpatch): like a merge patch, but lists with
 * a merge key merge by item, and `$patch`, `$retainKeys`, `$setElementOrder/x` and
 * `$deleteFromPrimitiveList/x` direct it. Neither argument is changed.
 */
export function applyStrategicPatch(target: Json | undefined, patch: JsonObject, cursor: TypeCursor): Json {
  if (patch.$patch === "replace") return withoutDirectives(patch);
  const result: JsonObject = isObject(target) ? { ...target } : {};
  const retained = arrayAt(patch, "$retainKeys");
  if (retained.length > 0) {
    for (const key of Object.keys(result)) if (!retained.includes(key)) delete result[key];
  }
  for (const [key, value] of Object.entries(patch)) {
    if (DIRECTIVE.test(key)) continue;
    if (value === null || (isObject(value) && value.$patch === "delete")) delete result[key];
    else set(result, key, mergeField(result[key], value, cursor.field(key)));
  }
  for (const [key, value] of Object.entries(patch)) applyListDirective(result, key, value, cursor);
  return result;
}

function mergeField(current: Json | undefined, value: Json, cursor: TypeCursor): Json {
  if (isObject(value)) return applyStrategicPatch(current, value, cursor);
  if (Array.isArray(value)) return mergeList(Array.isArray(current) ? current : [], value, cursor);
  return value;
}

function mergeList(current: readonly Json[], patch: readonly Json[], cursor: TypeCursor): Json[] {
  const rule = cursor.list;
  const items = patch.filter(
    (item) => !(isObject(item) && item.$patch === "replace" && Object.keys(item).length === 1),
  );
  if (rule.kind === "atomic" || items.length < patch.length) return items.map(withoutDirectives);
  if (rule.kind === "set") {
    return [...current, ...items.filter((item) => !current.some((other) => equal(other, item)))];
  }
  const result = [...current];
  for (const item of items) {
    if (!isObject(item)) continue;
    const index = result.findIndex(
      (other) => isObject(other) && equal(other[rule.strategicKey], item[rule.strategicKey]),
    );
    if (item.$patch === "delete") {
      if (index >= 0) result.splice(index, 1);
    } else if (index < 0) result.push(applyStrategicPatch({}, item, cursor.item()));
    else result[index] = applyStrategicPatch(result[index], item, cursor.item());
  }
  return result;
}

function applyListDirective(result: JsonObject, directive: string, value: Json, cursor: TypeCursor): void {
  const [kind, field] = directive.split("/", 2);
  if (field === undefined || !Array.isArray(value)) return;
  const list = result[field];
  if (!Array.isArray(list)) return;
  if (kind === "$deleteFromPrimitiveList") {
    result[field] = list.filter((item) => !value.some((gone) => equal(gone, item)));
  } else if (kind === "$setElementOrder") {
    const rule = cursor.field(field).list;
    const key = rule.kind === "map" ? rule.strategicKey : undefined;
    const rank = (item: Json): number => {
      const found = value.findIndex((other) =>
        key !== undefined && isObject(other) && isObject(item)
          ? equal(other[key], item[key])
          : equal(other, item),
      );
      return found === -1 ? value.length : found;
    };
    result[field] = list.toSorted((left, right) => rank(left) - rank(right));
  }
}

function withoutDirectives(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutDirectives);
  if (!isObject(value)) return clone(value);
  const entries = Object.entries(value).filter(([key]) => !DIRECTIVE.test(key));
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutDirectives(item)]));
}
