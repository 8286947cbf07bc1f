import protobuf from "protobufjs";
import { at, isObject, type Json, type JsonObject } from "../../json/json.ts";
import { MAGIC } from "./decode.ts";
import { envelope, jsonField, messageOf } from "./descriptors.ts";
import { type Message, SPECIAL, typeMetaOf } from "./special.ts";

/** An object, a list or a Status in Kubernetes' protobuf encoding; undefined for a kind that is not served in it. */
export function encodeProtobuf(body: JsonObject): Buffer | undefined {
  const typeMeta = typeMetaOf(body);
  const type = messageOf(typeMeta);
  if (type === undefined) return undefined;
  const raw = type.encode(messageFrom(body, type)).finish();
  return Buffer.concat([
    MAGIC,
    envelope().encode({ typeMeta, raw, contentEncoding: "", contentType: "" }).finish(),
  ]);
}

function messageFrom(json: Json, type: protobuf.Type): Message {
  const special = SPECIAL[type.fullName];
  if (special !== undefined) {
    const schema = type.fields.schema?.resolvedType;
    const nested = schema instanceof protobuf.Type ? schema : type;
    return special.fromJson(json, (inner) => messageFrom(inner, nested));
  }
  const message: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    const { name, inline } = jsonField(field);
    const value = inline ? json : at(json, name);
    if (value === undefined || value === null) continue;
    const encoded = fieldFrom(value, field);
    if (inline && isObject(json) && isEmpty(encoded)) continue;
    message[field.name] = encoded;
  }
  return message;
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function fieldFrom(value: Json, field: protobuf.Field): unknown {
  if (field.map) {
    const entries = Object.entries(isObject(value) ? value : {});
    return Object.fromEntries(entries.map(([key, item]) => [key, valueFrom(item, field)]));
  }
  if (!field.repeated) return valueFrom(value, field);
  return Array.isArray(value) ? value.map((item) => valueFrom(item, field)) : [];
}

function valueFrom(value: Json, field: protobuf.Field): unknown {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Type) return messageFrom(value, resolvedType);
  if (field.type === "bytes") return Buffer.from(String(value), "base64");
  return value;
}
