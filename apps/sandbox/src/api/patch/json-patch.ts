import { at, clone, equal, isObject, type Json, type JsonObject, set, stringAt } from "../../json/json.ts";
import { ApiError, badRequest } from "../api-error.ts";

/**
 * RFC 6902. `target` is not changed.
 * @throws ApiError 400 for something that is no patch, 422 for an operation that can't be done.
 */
export function applyJsonPatch(target: Json, patch: Json): Json {
  if (!Array.isArray(patch)) {
    const found = patch === null ? "null" : typeof patch === "boolean" ? "bool" : typeof patch;
    const wanted = "[]handlers.jsonPatchOp";
    throw badRequest(`error decoding patch: json: cannot unmarshal ${found} into Go value of type ${wanted}`);
  }
  return patch.reduce<Json>((document, operation) => apply(document, operation), clone(target));
}

function apply(document: Json, operation: Json): Json {
  const op = stringAt(operation, "op");
  const path = pointer(stringAt(operation, "path"));
  const value = at(operation, "value");
  switch (op) {
    case "add":
      return write(document, path, value ?? null, "add");
    case "replace":
      read(document, path);
      return write(document, path, value ?? null, "replace");
    case "remove":
      return remove(document, path);
    case "copy":
      return write(document, path, clone(read(document, pointer(stringAt(operation, "from")))), "add");
    case "move": {
      const from = pointer(stringAt(operation, "from"));
      const moved = read(document, from);
      return write(remove(document, from), path, moved, "add");
    }
    case "test":
      if (equal(read(document, path), value ?? null)) return document;
      throw impossible();
    default:
      throw impossible();
  }
}

function pointer(text: string | undefined): readonly string[] {
  if (text === undefined || (text !== "" && !text.startsWith("/"))) {
    throw impossible();
  }
  return text
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function read(document: Json, path: readonly string[]): Json {
  let here: Json | undefined = document;
  for (const part of path) here = Array.isArray(here) ? here[indexOf(part, here.length - 1)] : at(here, part);
  if (here === undefined) throw impossible();
  return here;
}

function write(document: Json, path: readonly string[], value: Json, op: "add" | "replace"): Json {
  const key = path.at(-1);
  if (key === undefined) return value;
  const parent = read(document, path.slice(0, -1));
  if (Array.isArray(parent)) {
    if (op === "replace") parent[indexOf(key, parent.length - 1)] = value;
    else parent.splice(key === "-" ? parent.length : indexOf(key, parent.length), 0, value);
  } else if (isObject(parent)) set(parent, key, value);
  else throw impossible();
  return document;
}

function remove(document: Json, path: readonly string[]): Json {
  read(document, path);
  const key = path.at(-1);
  if (key === undefined) return null;
  const parent: Json[] | JsonObject | Json = read(document, path.slice(0, -1));
  if (Array.isArray(parent)) parent.splice(indexOf(key, parent.length - 1), 1);
  else if (isObject(parent)) delete parent[key];
  return document;
}

function indexOf(part: string, last: number): number {
  const index = /^(0|[1-9]\d*)$/.test(part) ? Number(part) : -1;
  if (index < 0 || index > last) throw impossible();
  return index;
}

/** kube-apiserver tells no more than this of a patch that doesn't fit. */
function impossible(): ApiError {
  return new ApiError(422, "Invalid", "the server rejected our request due to an error in our request", {});
}
