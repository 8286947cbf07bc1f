import { isObject, type Json, type JsonObject, set } from "../../json/json.ts";
import { goKind } from "../body-words.ts";
import { hasFormat } from "../schema/formats.ts";
import { modelNamed } from "./models.ts";

/** A value that the type can't hold, worded as Go's decoder words it. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
  /** The same, as the converter of a patched object words it (apimachinery's unstructured converter). */
  readonly unstructured: string;

  constructor(message: string, unstructured = message) {
    super(message);
    this.unstructured = unstructured;
  }
}

interface Decoding {
  /** Name of the innermost struct, for messages. */
  readonly struct: string;
  readonly unknown: string[];
}

/** A decoded object, and the paths of the fields that its type doesn't have. */
export interface Decoded {
  readonly object: JsonObject;
  readonly unknown: readonly string[];
}

/**
 * Reads an object as the built-in type `model`: unknown fields, nulls and empty lists and maps are left out, as a Go
 * struct would lose them. @throws DecodeError for a value of another type.
 */
export function decodeTyped(value: JsonObject, model: string, kind: string): Decoded {
  const decoding: Decoding = { struct: kind, unknown: [] };
  return { object: decodeModel(value, model, "", decoding), unknown: decoding.unknown };
}

function decodeModel(value: JsonObject, modelName: string, path: string, decoding: Decoding): JsonObject {
  const model = modelNamed(modelName);
  if (model === undefined) return value;
  const result: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    const field = model.get(key);
    const child = path === "" ? key : `${path}.${key}`;
    if (field === undefined) decoding.unknown.push(child);
    else if (item !== null) {
      const decoded = decodeValue(item, field.type, field.format, child, decoding);
      if (!isEmptyCollection(decoded, field.type)) set(result, key, decoded);
    }
  }
  return result;
}

/** Go leaves empty maps and slices out; a struct stays though it is empty. */
function isEmptyCollection(value: Json, type: string): boolean {
  if (type.startsWith("Array<")) return Array.isArray(value) && value.length === 0;
  return type.startsWith("{ [key: string]") && isObject(value) && Object.keys(value).length === 0;
}

function decodeValue(value: Json, type: string, format: string, path: string, decoding: Decoding): Json {
  const list = /^Array<(.+)>$/.exec(type)?.[1];
  if (list !== undefined) {
    if (!Array.isArray(value)) throw mismatch(value, `[]${goType(list)}`, path, decoding);
    return value.map((item, index) => decodeValue(item, list, format, `${path}[${index}]`, decoding));
  }
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1];
  if (map !== undefined) {
    if (!isObject(value)) throw mismatch(value, `map[string]${goType(map)}`, path, decoding);
    const entries = Object.entries(value).map(([key, item]): [string, Json] => [
      key,
      decodeValue(item, map, format, path, decoding),
    ]);
    return Object.fromEntries(entries);
  }
  return decodeScalar(value, type, format, path, decoding);
}

function decodeScalar(value: Json, type: string, format: string, path: string, decoding: Decoding): Json {
  switch (type) {
    case "string":
      if (typeof value !== "string") throw mismatch(value, "string", path, decoding);
      if (format === "byte" && !hasFormat("byte", value)) throw badBase64(value);
      return value;
    case "boolean":
      if (typeof value !== "boolean") throw mismatch(value, "bool", path, decoding);
      return value;
    case "number":
      if (typeof value !== "number") throw mismatch(value, format || "int32", path, decoding);
      return value;
    case "IntOrString":
    case "any":
      return value;
    case "Date":
    case "V1MicroTime":
      return decodeTime(value, path, decoding);
    default:
      if (modelNamed(type) === undefined) return value;
      if (!isObject(value)) throw mismatch(value, goType(type), path, decoding);
      return decodeModel(value, type, path, { ...decoding, struct: structName(type) });
  }
}

function decodeTime(value: Json, path: string, decoding: Decoding): Json {
  if (typeof value !== "string") throw mismatch(value, "string", path, decoding);
  if (hasFormat("date-time", value)) return value;
  const layout = "2006-01-02T15:04:05Z07:00";
  throw new DecodeError(
    `parsing time ${JSON.stringify(value)} as "${layout}": cannot parse ${JSON.stringify(value)} as "2006"`,
  );
}

/** Go names the byte that is no base64, or the start of the four that are not whole. */
function badBase64(value: string): DecodeError {
  const index = value.search(/[^A-Za-z0-9+/]/);
  return new DecodeError(
    `illegal base64 data at input byte ${index < 0 ? Math.floor(value.length / 4) * 4 : index}`,
  );
}

function mismatch(value: Json, wanted: string, path: string, { struct }: Decoding): DecodeError {
  const field = path.replaceAll(/\[\d+\]/g, "");
  return new DecodeError(
    `json: cannot unmarshal ${goKind(value)} into Go struct field ${struct}.${field} of type ${wanted}`,
    converterWords(value, wanted),
  );
}

function converterWords(value: Json, wanted: string): string {
  const integer = Number.isInteger(value) ? "int64" : "float64";
  const found = Array.isArray(value)
    ? "slice"
    : isObject(value)
      ? "map"
      : typeof value === "number"
        ? integer
        : goKind(value);
  if (wanted.startsWith("[]")) return `cannot restore slice from ${found}`;
  if (wanted.startsWith("map[")) return `cannot restore map from ${found}`;
  if (wanted.startsWith("v1.")) return `cannot restore struct from: ${found}`;
  return `cannot convert ${found} to ${wanted}`;
}

/** `V1ObjectMeta` of the client is Go's ObjectMeta. */
function structName(type: string): string {
  return type.replace(/^(Core|Events)?V\d/, "");
}

function goType(type: string): string {
  return type.replace(/^V\d/, "v1.");
}
