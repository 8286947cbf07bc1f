import { isObject, type Json, stringAt } from "../../json/json.ts";

/** A message as the library decodes it, and as it encodes it. */
export type Message = Readonly<Record<string, unknown>>;

/** A message that is no object in JSON. */
export interface Special {
  /** Undefined where Go's JSON leaves the value out. */
  readonly toJson: (message: Message, nested: (value: unknown) => Json) => Json | undefined;
  readonly fromJson: (json: Json, nested: (json: Json) => Message) => Message;
}

const NANOS = 1_000_000_000n;

function nanosecondsOf({ seconds = 0, nanos = 0 }: Message): bigint {
  return BigInt(String(seconds)) * NANOS + BigInt(String(nanos));
}

function timeOf(digits: number): Special {
  return {
    toJson(message) {
      const total = nanosecondsOf(message);
      if (total <= 0n) return undefined;
      const fraction =
        digits === 0
          ? ""
          : `.${String(total % NANOS)
              .padStart(9, "0")
              .slice(0, digits)}`;
      return `${new Date(Number(total / NANOS) * 1000).toISOString().slice(0, 19)}${fraction}Z`;
    },
    fromJson(json) {
      const text = typeof json === "string" ? json : "";
      const fraction = /\.(\d+)/.exec(text)?.[1] ?? "";
      return {
        seconds: Math.floor(Date.parse(text) / 1000),
        nanos: digits === 0 ? 0 : Number(fraction.padEnd(9, "0").slice(0, 9)),
      };
    },
  };
}

/** Bytes that are JSON themselves. */
function rawJson(field: string): Special {
  return {
    toJson(message) {
      const bytes = message[field];
      return bytes instanceof Uint8Array && bytes.length > 0
        ? JSON.parse(Buffer.from(bytes).toString())
        : undefined;
    },
    fromJson: (json) => ({ [field]: Buffer.from(JSON.stringify(json)) }),
  };
}

/** A schema, or what may stand in its place. */
function schemaOr(
  other: string,
  isOther: (json: Json) => boolean,
  toOther: (value: unknown, nested: (value: unknown) => Json) => Json,
): Special {
  return {
    toJson: (message, nested) =>
      message.schema === null || message.schema === undefined
        ? toOther(message[other], nested)
        : nested(message.schema),
    fromJson(json, nested) {
      if (!isOther(json)) return { schema: nested(json) };
      return { [other]: other === "jSONSchemas" && Array.isArray(json) ? json.map(nested) : json };
    },
  };
}

const EXTENSIONS = ".k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1";
const MACHINERY = ".k8s.io.apimachinery.pkg";
const EXTRA_VALUE: Special = {
  toJson: ({ items }) => (Array.isArray(items) ? items.map(String) : []),
  fromJson: (json) => ({ items: json }),
};

/** By the message's full name. */
export const SPECIAL: Readonly<Record<string, Special>> = {
  [`${MACHINERY}.api.resource.Quantity`]: {
    toJson: (message) => String(message.string ?? ""),
    fromJson: (json) => ({ string: String(json) }),
  },
  [`${MACHINERY}.util.intstr.IntOrString`]: {
    toJson: ({ type, intVal, strVal }) =>
      Number(type ?? 0) === 1 ? String(strVal ?? "") : Number(intVal ?? 0),
    fromJson: (json) =>
      typeof json === "number" ? { type: 0, intVal: json } : { type: 1, strVal: String(json) },
  },
  [`${MACHINERY}.apis.meta.v1.Time`]: timeOf(0),
  [`${MACHINERY}.apis.meta.v1.MicroTime`]: timeOf(6),
  [`${MACHINERY}.apis.meta.v1.FieldsV1`]: rawJson("Raw"),
  [`${MACHINERY}.runtime.RawExtension`]: rawJson("raw"),
  [`${EXTENSIONS}.JSON`]: rawJson("raw"),
  [`${EXTENSIONS}.JSONSchemaPropsOrArray`]: schemaOr("jSONSchemas", Array.isArray, (value, nested) =>
    Array.isArray(value) ? value.map(nested) : [],
  ),
  [`${EXTENSIONS}.JSONSchemaPropsOrBool`]: schemaOr(
    "allows",
    (json) => typeof json === "boolean",
    (value) => value === true,
  ),
  [`${EXTENSIONS}.JSONSchemaPropsOrStringArray`]: schemaOr("property", Array.isArray, (value) =>
    Array.isArray(value) ? value.map(String) : [],
  ),
  ".k8s.io.api.authentication.v1.ExtraValue": EXTRA_VALUE,
  ".k8s.io.api.authorization.v1.ExtraValue": EXTRA_VALUE,
};

/** The kind and apiVersion of a body. */
export function typeMetaOf(json: Json): { readonly apiVersion: string; readonly kind: string } {
  const body = isObject(json) ? json : {};
  return { apiVersion: stringAt(body, "apiVersion") ?? "", kind: stringAt(body, "kind") ?? "" };
}
