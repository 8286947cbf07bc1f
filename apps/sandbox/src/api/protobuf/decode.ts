import { isObject, type Json, type JsonObject, objectAt, set, stringAt } from "../../json/json.ts";
import { messageNamed, type ProtobufField, type ProtobufMessage } from "./messages.ts";

/** Every body begins with it (k8s.io/apimachinery pkg/runtime/serializer/protobuf). */
const MAGIC = Buffer.from("k8s\0");

/** A body that is no protobuf, or cut short. */
export class ProtobufError extends Error {
  override readonly name = "ProtobufError";
}

/**
 * An object in Kubernetes' protobuf encoding as JSON; undefined for a kind that is not known here.
 *
 * @throws ProtobufError
 */
export function decodeProtobuf(bytes: Buffer): JsonObject | undefined {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new ProtobufError(
      "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]",
    );
  }
  const { typeMeta, raw } = objectAt(decodeMessage(bytes.subarray(MAGIC.length), "Unknown"));
  const kind = stringAt(typeMeta, "kind") ?? "";
  if (messageNamed(kind) === undefined) return undefined;
  const body = Buffer.from(typeof raw === "string" ? raw : "", "base64");
  return { ...(isObject(typeMeta) ? typeMeta : {}), ...objectAt(decodeMessage(body, kind)) };
}

function decodeMessage(bytes: Buffer, name: string): Json | undefined {
  const message: ProtobufMessage = messageNamed(name) ?? new Map();
  const reader = new Reader(bytes);
  const result: JsonObject = {};
  while (!reader.isAtEnd) {
    const tag = reader.varint();
    const field = message.get(Number(tag >> 3n));
    const value = reader.value(Number(tag & 7n));
    if (field !== undefined) add(result, field, value);
  }
  return name === "Time" ? timeOf(result) : result;
}

function add(result: JsonObject, field: ProtobufField, value: bigint | Buffer): void {
  const { name, type, many } = field;
  if (many === "map") {
    const [key, item] = entryOf(value, type);
    const entries = isObject(result[name]) ? result[name] : {};
    set(entries, key, item);
    result[name] = entries;
    return;
  }
  const decoded = decodeValue(value, type);
  if (many === "list") result[name] = [...(Array.isArray(result[name]) ? result[name] : []), decoded ?? ""];
  else if (decoded !== undefined && decoded !== "") result[name] = decoded;
}

/** A map is a list of messages with the key as field 1 and the value as field 2. */
function entryOf(value: bigint | Buffer, type: string): readonly [key: string, item: Json] {
  const reader = new Reader(bytesOf(value));
  let key = "";
  let item: Json = "";
  while (!reader.isAtEnd) {
    const tag = reader.varint();
    const part = reader.value(Number(tag & 7n));
    if (tag >> 3n === 1n) key = bytesOf(part).toString("utf8");
    else item = decodeValue(part, type) ?? "";
  }
  return [key, item];
}

/** Go leaves empty strings and times out; an empty message stays. */
function decodeValue(value: bigint | Buffer, type: string): Json | undefined {
  switch (type) {
    case "string":
      return bytesOf(value).toString("utf8");
    case "bytes":
      return bytesOf(value).toString("base64");
    case "int":
      return Number(BigInt.asIntN(64, numberOf(value)));
    case "bool":
      return numberOf(value) !== 0n;
    default:
      return decodeMessage(bytesOf(value), type);
  }
}

function timeOf({ seconds }: JsonObject): string | undefined {
  if (typeof seconds !== "number" || seconds <= 0) return undefined;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

function bytesOf(value: bigint | Buffer): Buffer {
  if (typeof value === "bigint") throw new ProtobufError("proto: wrong wireType for a field");
  return value;
}

function numberOf(value: bigint | Buffer): bigint {
  if (typeof value !== "bigint") throw new ProtobufError("proto: wrong wireType for a field");
  return value;
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 64n; shift += 7n) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new ProtobufError("unexpected EOF");
      this.#at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new ProtobufError("proto: integer overflow");
  }

  /** The value that follows a tag: a number, or bytes. */
  value(wireType: number): bigint | Buffer {
    switch (wireType) {
      case 0:
        return this.varint();
      case 1:
        return this.#take(8).readBigUInt64LE();
      case 2:
        return this.#take(Number(this.varint()));
      case 5:
        return BigInt(this.#take(4).readUInt32LE());
      default:
        throw new ProtobufError(`proto: illegal wireType ${wireType}`);
    }
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new ProtobufError("unexpected EOF");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
