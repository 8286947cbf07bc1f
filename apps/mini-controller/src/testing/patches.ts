import { isDeepStrictEqual } from "node:util";
import type { JsonPatchOperation } from "@upgrade-halt/kube";

export type JsonObject = Record<string, unknown>;

/** RFC 7386. */
export function applyMergePatch(target: unknown, patch: unknown): JsonObject {
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch as JsonObject)) {
    if (value === null) delete result[key];
    else result[key] = isObject(value) ? applyMergePatch(result[key], value) : structuredClone(value);
  }
  return result;
}

/** A strategic merge patch of a status, as far as the controller uses it: conditions merge by their type. */
export function applyConditionsPatch(target: unknown, patch: object): JsonObject {
  const given = conditionsIn(patch);
  const others = conditionsIn(target).filter(({ type }) => !given.some((other) => other.type === type));
  return applyMergePatch(applyMergePatch(target, patch), { status: { conditions: [...others, ...given] } });
}

function conditionsIn(object: unknown): readonly { readonly type: string }[] {
  return (object as { status?: { conditions?: { type: string }[] } }).status?.conditions ?? [];
}

/** The operations of RFC 6902 that the controller uses; `undefined` when a test fails. */
export function applyJsonPatch(
  target: JsonObject,
  operations: readonly JsonPatchOperation[],
): JsonObject | undefined {
  const result = structuredClone(target);
  for (const { op, path, value } of operations) {
    const keys = path.split("/").slice(1);
    const last = keys.pop() ?? "";
    const holder = keys.reduce<unknown>(
      (node, key) => (node as JsonObject | undefined)?.[key],
      result,
    ) as JsonObject;
    if (op === "test" && !isDeepStrictEqual(holder?.[last], value)) return undefined;
    if (op === "replace") holder[last] = value;
  }
  return result;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
