import protobuf from "protobufjs";
import { isObject, type Json, type JsonObject, set } from "../../json/json.ts";
import { jsonField, messageOf, type TypeMeta } from "./descriptors.ts";
import { type Message, SPECIAL } from "./special.ts";

/** Every body begins with it (k8s.io/apimachinery pkg/runtime/serializer/protobuf). */
export const MAGIC = Buffer.from("k8s\0");

/** A body that is no protobuf, or cut short. */
export class ProtobufError extends Error {
  override readonly name = "ProtobufError";
}

/**
 * An object in Kubernetes' protobuf encoding as the JSON that Go would write of it; undefined for a kind that is not
 * served in protobuf.
 *
 * @throws ProtobufError
 */
export function decodeProtobuf(bytes: Buffer): JsonObject | undefined {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new ProtobufError(
      "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]",
    );
  }
  try {
    const { typeMeta, raw } = readEnvelope(bytes.subarray(MAGIC.length));
    const type = messageOf(typeMeta);
    if (type === undefined) return undefined;
    const { apiVersion, kind } = typeMeta;
    return { apiVersion, kind, ...objectOf(Object.fromEntries(Object.entries(type.decode(raw))), type) };
  } catch (error) {
    throw error instanceof ProtobufError ? error : new ProtobufError(goWords(error));
  }
}

const BYTES = 2;

function readEnvelope(bytes: Buffer): { readonly typeMeta: TypeMeta; readonly raw: Uint8Array } {
  const fields = readFields(bytes);
  const names = readFields(fields.get(1) ?? Buffer.of());
  const text = (field: number): string => Buffer.from(names.get(field) ?? []).toString("utf8");
  return { typeMeta: { apiVersion: text(1), kind: text(2) }, raw: fields.get(2) ?? Buffer.of() };
}

/** The byte fields of a message by their numbers. */
function readFields(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const reader = protobuf.Reader.create(bytes);
  const fields = new Map<number, Uint8Array>();
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const wireType = tag & 7;
    if (wireType === 3 || wireType === 4 || wireType > 5) {
      throw new ProtobufError(`proto: illegal wireType ${wireType}`);
    }
    if (wireType === BYTES) fields.set(tag >>> 3, reader.bytes());
    else reader.skipType(wireType);
  }
  return fields;
}

/** The library's faults in the words of Go's decoder. */
function goWords(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError || why.startsWith("index out of range")) return "unexpected EOF";
  return why.replace(/^invalid wire type (\d+).*/, "proto: illegal wireType $1");
}

function objectOf(message: Message, type: protobuf.Type): JsonObject {
  const result: JsonObject = {};
  for (const field of type.fieldsArray) {
    const value = message[field.name];
    if (value === undefined || value === null || !Object.hasOwn(message, field.name)) continue;
    const { name, inline, keepsZero } = jsonField(field);
    const json = fieldOf(value, field);
    if (json === undefined || (!keepsZero && isZero(json))) continue;
    if (inline && isObject(json)) Object.assign(result, json);
    else set(result, name, json);
  }
  return result;
}

/** What Go's `omitempty` leaves out; a struct is never empty to it. */
function isZero(json: Json): boolean {
  return json === "" || json === 0 || json === false || (Array.isArray(json) && json.length === 0);
}

function fieldOf(value: unknown, field: protobuf.Field): Json | undefined {
  if (field.map) {
    const result: JsonObject = {};
    for (const [key, item] of Object.entries(value ?? {})) set(result, key, jsonOf(item, field) ?? "");
    return Object.keys(result).length === 0 ? undefined : result;
  }
  if (!field.repeated) return jsonOf(value, field);
  const items = Array.isArray(value) ? value.map((item) => jsonOf(item, field) ?? {}) : [];
  return items.length === 0 ? undefined : items;
}

function jsonOf(value: unknown, field: protobuf.Field): Json | undefined {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Type) return messageJson(value, resolvedType);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (typeof value === "string" || typeof value === "boolean") return value;
  return Number(value);
}

function messageJson(value: unknown, type: protobuf.Type): Json | undefined {
  const message: Message = typeof value === "object" && value !== null ? { ...value } : {};
  const special = SPECIAL[type.fullName];
  if (special === undefined) return objectOf(message, type);
  const schema = type.fields.schema?.resolvedType;
  const nested = schema instanceof protobuf.Type ? schema : type;
  return special.toJson(message, (inner) => messageJson(inner, nested) ?? {});
}
