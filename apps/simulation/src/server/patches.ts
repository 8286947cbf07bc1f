import type { JsonPatchOperation } from "@upgrade-halt/kube";

type Fields = Readonly<Record<string, unknown>>;

/** Whether two JSON values are equal, whatever the order of their fields. */
export function sameValue(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) || Array.isArray(other)) {
    return (
      Array.isArray(one) &&
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((value, index) => sameValue(value, other[index]))
    );
  }
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  for (const name of names) if (!sameValue((one as Fields)[name], (other as Fields)[name])) return false;
  return true;
}

/** RFC 7386; with `keyed`, lists of objects with a `type` merge by it, as conditions do under a strategic merge patch. */
export function applyMergePatch(target: unknown, patch: unknown, keyed: boolean): unknown {
  if (keyed && isKeyed(patch)) return mergeByType(Array.isArray(target) ? target : [], patch);
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const merged: Record<string, unknown> = isFields(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else if (value !== undefined) merged[name] = applyMergePatch(merged[name], value, keyed);
  }
  return merged;
}

/** RFC 6902 without `move` and `copy`. `undefined` when a `test` fails or a path leads nowhere. */
export function applyJsonPatch(target: unknown, operations: readonly JsonPatchOperation[]): unknown {
  let result = target;
  for (const { op, path, value } of operations) {
    const steps = path
      .split("/")
      .slice(1)
      .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
    if (op === "test") {
      if (!sameValue(valueAt(result, steps), value)) return undefined;
    } else {
      const next = withValue(result, steps, op === "remove" ? undefined : value);
      if (next === undefined) return undefined;
      result = next;
    }
  }
  return result;
}

function isKeyed(value: unknown): value is readonly Fields[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => isFields(one) && "type" in one);
}

function mergeByType(before: readonly unknown[], patch: readonly Fields[]): readonly unknown[] {
  const merged = new Map(before.map((one) => [(one as Fields).type, one]));
  for (const one of patch) merged.set(one.type, applyMergePatch(merged.get(one.type), one, true));
  return [...merged.values()];
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function valueAt(target: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>(
    (value, step) => (typeof value === "object" && value !== null ? (value as Fields)[step] : undefined),
    target,
  );
}

function withValue(target: unknown, [first, ...rest]: readonly string[], value: unknown): unknown {
  if (first === undefined) return value;
  if (Array.isArray(target)) {
    const copy = [...target];
    copy[Number(first)] = withValue(copy[Number(first)], rest, value);
    return copy;
  }
  if (target !== undefined && !isFields(target)) return undefined;
  const { [first]: before, ...others } = target ?? {};
  const after = withValue(before, rest, value);
  return after === undefined ? others : { ...others, [first]: after };
}
