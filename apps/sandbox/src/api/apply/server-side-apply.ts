import { clone, equal, isObject, type Json, type JsonObject, set } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { ApiError } from "../api-error.ts";
import { apiVersionOf, type ResourceType } from "../resources/resource-type.ts";
import { fieldsOf, itemElement, pathElements, valueAt } from "./field-set.ts";
import {
  type ManagedEntry,
  type Manager,
  ownable,
  readManagedFields,
  sameManager,
  writeManagedFields,
} from "./managed-fields.ts";
import { cursorOf, type TypeCursor } from "./type-cursor.ts";

export interface ApplyRequest {
  readonly type: ResourceType;
  readonly live: KubeObject;
  readonly config: KubeObject;
  readonly manager: Manager;
  readonly force: boolean;
  readonly time: string;
}

/**
 * Server-side apply: `config` merged into `live`; fields that the manager applied before and no longer
 * does are removed unless someone else owns them.
 * @throws ApiError 409 naming each field that another manager set to another value, unless forced.
 */
export function applyConfiguration({ type, live, config, manager, force, time }: ApplyRequest): KubeObject {
  const cursor = cursorOf(type);
  const wanted = ownable(config);
  const fields = fieldsOf(wanted, cursor);
  const entries = readManagedFields(live);
  const own = entries.find((entry) => sameManager(entry.manager, manager));
  const others = entries.filter((entry) => entry !== own);
  const contested = conflicts(others, fields, ownable(live), wanted, cursor);
  if (contested.length > 0 && !force) throw conflictError(contested);

  const lost = new Set(contested.map(({ path }) => path));
  const remaining = others.map((entry) => ({
    ...entry,
    fields: new Set([...entry.fields].filter((path) => !lost.has(path))),
  }));
  const merged = merge(live, wanted, cursor) as KubeObject;
  const dropped = [...(own?.fields ?? [])].filter(
    (path) => !fields.has(path) && !remaining.some((entry) => owns(entry, path)),
  );
  for (const path of dropped.toSorted((left, right) => left.length - right.length))
    remove(merged, path, cursor);

  const isSame = own !== undefined && equal([...own.fields].sort(), [...fields].sort());
  const entry = { manager, apiVersion: apiVersionOf(type), time: isSame ? own.time : time, fields };
  return {
    ...merged,
    metadata: { ...merged.metadata, managedFields: writeManagedFields([...remaining, entry]) },
  };
}

interface Conflict {
  readonly path: string;
  readonly entry: ManagedEntry;
}

function conflicts(
  others: readonly ManagedEntry[],
  fields: ReadonlySet<string>,
  live: JsonObject,
  wanted: JsonObject,
  cursor: TypeCursor,
): readonly Conflict[] {
  return others.flatMap((entry) =>
    [...entry.fields]
      .filter((path) => fields.has(path) && !isItem(path))
      .filter((path) => !equal(valueAt(live, path, cursor), valueAt(wanted, path, cursor)))
      .map((path) => ({ path, entry })),
  );
}

function isItem(path: string): boolean {
  return /^[kv]:/.test(pathElements(path).at(-1) ?? "");
}

/** Whether the entry owns the path or, for a list item, anything inside it. */
function owns(entry: ManagedEntry, path: string): boolean {
  if (entry.fields.has(path)) return true;
  return isItem(path) && [...entry.fields].some((other) => other.startsWith(path));
}

function conflictError(contested: readonly Conflict[]): ApiError {
  const causes = contested.map(({ path, entry: { manager, apiVersion } }) => {
    const subresource =
      manager.subresource === "" ? "" : ` with subresource ${JSON.stringify(manager.subresource)}`;
    const using = manager.operation === "Update" ? ` using ${apiVersion}` : "";
    const message = `conflict with ${JSON.stringify(manager.name)}${subresource}${using}`;
    return { reason: "FieldManagerConflict", message, field: display(path) };
  });
  const [first] = causes;
  const message =
    causes.length === 1 && first !== undefined
      ? `Apply failed with 1 conflict: ${first.message}: ${first.field}`
      : `Apply failed with ${causes.length} conflicts: ${causes.map((cause) => `${cause.message}:\n- ${cause.field}`).join("\n")}`;
  return new ApiError(409, "Conflict", message, { causes });
}

function display(path: string): string {
  return pathElements(path)
    .map((element) => {
      if (element.startsWith("f:")) return `.${element.slice(2)}`;
      if (element.startsWith("v:")) return `[=${element.slice(2)}]`;
      const keys: Json = JSON.parse(element.slice(2));
      const pairs = isObject(keys) ? Object.entries(keys) : [];
      return `[${pairs.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(",")}]`;
    })
    .join("");
}

function merge(current: Json | undefined, wanted: Json, cursor: TypeCursor): Json {
  if (isObject(wanted) && isObject(current) && !cursor.atomic) {
    const result: JsonObject = { ...current };
    for (const [key, value] of Object.entries(wanted))
      set(result, key, merge(current[key], value, cursor.field(key)));
    return result;
  }
  if (Array.isArray(wanted) && Array.isArray(current) && cursor.list.kind !== "atomic") {
    const result = [...current];
    for (const item of wanted) {
      const element = itemElement(item, cursor);
      const index = result.findIndex((other) => itemElement(other, cursor) === element);
      if (index < 0) result.push(clone(item));
      else result[index] = merge(result[index], item, cursor.item());
    }
    return result;
  }
  return clone(wanted);
}

function remove(root: JsonObject, path: string, cursor: TypeCursor): void {
  const elements = pathElements(path);
  let parent: Json | undefined = root;
  let here = cursor;
  for (const [index, element] of elements.entries()) {
    const isLast = index === elements.length - 1;
    if (element.startsWith("f:") && isObject(parent)) {
      const name = element.slice(2);
      if (isLast) delete parent[name];
      else {
        const child: Json | undefined = parent[name];
        const copy: Json | undefined = Array.isArray(child)
          ? [...child]
          : isObject(child)
            ? { ...child }
            : child;
        if (copy !== undefined) parent[name] = copy;
        parent = copy;
        here = here.field(name);
      }
    } else if (Array.isArray(parent)) {
      const at = here;
      const found = parent.findIndex((item) => itemElement(item, at) === element);
      if (found < 0) return;
      if (isLast) parent.splice(found, 1);
      else {
        const item: Json | undefined = parent[found];
        const copy: Json | undefined = isObject(item) ? { ...item } : item;
        if (copy !== undefined) parent[found] = copy;
        parent = copy;
        here = at.item();
      }
    } else return;
  }
}
