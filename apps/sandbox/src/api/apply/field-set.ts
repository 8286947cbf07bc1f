import { equal, isObject, type Json, type JsonObject, set } from "../../json/json.ts";
import type { TypeCursor } from "./type-cursor.ts";

/** The fields of one manager: each path is its FieldsV1 elements (`f:spec`, `k:{"name":"a"}`, `v:"x"`) joined. */
export type FieldSet = ReadonlySet<string>;

const SEPARATOR = "\u0001";

export function pathElements(path: string): readonly string[] {
  return path.split(SEPARATOR);
}

function extend(path: string, element: string): string {
  return path === "" ? element : `${path}${SEPARATOR}${element}`;
}

/** The FieldsV1 element of a list item: its keys, sorted, or its value. */
export function itemElement(item: Json, cursor: TypeCursor): string {
  const rule = cursor.list;
  if (rule.kind !== "map") return `v:${JSON.stringify(item)}`;
  const keys = rule.keys.toSorted().map((key): [string, Json] => [key, keyOf(item, key)]);
  return `k:${JSON.stringify(Object.fromEntries(keys))}`;
}

function keyOf(item: Json, key: string): Json {
  const value = isObject(item) ? item[key] : undefined;
  return value ?? (key === "protocol" ? "TCP" : null);
}

/** Every leaf of `value`, as server-side apply counts ownership. */
export function fieldsOf(value: Json, cursor: TypeCursor): Set<string> {
  const fields = new Set<string>();
  collect(value, cursor, "", fields);
  return fields;
}

function collect(value: Json, cursor: TypeCursor, path: string, fields: Set<string>): void {
  if (isObject(value) && !cursor.atomic && Object.keys(value).length > 0) {
    for (const [key, item] of Object.entries(value))
      collect(item, cursor.field(key), extend(path, `f:${key}`), fields);
  } else if (Array.isArray(value) && cursor.list.kind !== "atomic" && value.length > 0) {
    for (const item of value) {
      const child = extend(path, itemElement(item, cursor));
      fields.add(child);
      if (cursor.list.kind === "map") collect(item, cursor.item(), child, fields);
    }
  } else if (path !== "") fields.add(path);
}

/** The leaves of `after` that `before` lacks or has with another value. */
export function changedFields(before: Json | undefined, after: Json, cursor: TypeCursor): Set<string> {
  const fields = new Set<string>();
  compare(before, after, cursor, "", fields);
  return fields;
}

function compare(
  before: Json | undefined,
  after: Json,
  cursor: TypeCursor,
  path: string,
  fields: Set<string>,
): void {
  if (equal(before, after)) return;
  if (isObject(after) && isObject(before) && !cursor.atomic) {
    for (const [key, item] of Object.entries(after)) {
      const old = Object.hasOwn(before, key) ? before[key] : undefined;
      compare(old, item, cursor.field(key), extend(path, `f:${key}`), fields);
    }
  } else if (Array.isArray(after) && Array.isArray(before) && cursor.list.kind !== "atomic") {
    const known = new Map(before.map((item) => [itemElement(item, cursor), item]));
    for (const item of after) {
      const element = itemElement(item, cursor);
      const child = extend(path, element);
      if (!known.has(element)) fields.add(child);
      if (cursor.list.kind === "map") compare(known.get(element), item, cursor.item(), child, fields);
    }
  } else collect(after, cursor, path, fields);
}

/** The value at a path, undefined when it isn't there. */
export function valueAt(root: Json, path: string, cursor: TypeCursor): Json | undefined {
  let value: Json | undefined = root;
  let here = cursor;
  for (const element of pathElements(path)) {
    if (element.startsWith("f:")) {
      const name = element.slice(2);
      value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
      here = here.field(name);
    } else {
      const list: Json | undefined = value;
      const at: TypeCursor = here;
      value = Array.isArray(list) ? list.find((item) => itemElement(item, at) === element) : undefined;
      here = at.item();
    }
  }
  return value;
}

/** managedFields[].fieldsV1 of a set. */
export function toFieldsV1(fields: FieldSet): JsonObject {
  const root: JsonObject = {};
  for (const path of [...fields].sort()) {
    let node = root;
    const elements = pathElements(path);
    for (const element of elements) {
      const child: JsonObject = isObject(node[element]) ? node[element] : {};
      set(node, element, child);
      node = child;
    }
    if (/^[kv]:/.test(elements.at(-1) ?? "")) node["."] = {};
  }
  dropLonelyDots(root);
  return root;
}

/** An item that owns nothing below itself is written `{}`, as a leaf is. */
function dropLonelyDots(node: JsonObject): void {
  for (const child of Object.values(node)) {
    if (!isObject(child)) continue;
    if (Object.keys(child).length === 1 && child["."] !== undefined) delete child["."];
    else dropLonelyDots(child);
  }
}

/** The set that a managedFields[].fieldsV1 describes. */
export function fromFieldsV1(fieldsV1: Json | undefined): Set<string> {
  const fields = new Set<string>();
  const walk = (node: Json, path: string): void => {
    const children = isObject(node) ? Object.entries(node) : [];
    if (path !== "" && (children.length === 0 || (isObject(node) && node["."] !== undefined)))
      fields.add(path);
    for (const [element, child] of children) if (element !== ".") walk(child, extend(path, element));
  };
  walk(fieldsV1 ?? {}, "");
  return fields;
}
