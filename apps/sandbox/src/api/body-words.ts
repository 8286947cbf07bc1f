import type { Json } from "../json/json.ts";
import { type ApiError, badRequest } from "./api-error.ts";

/** How an operation words that its body is no JSON: `why` as Go says it. */
export type RefuseBody = (why: string, bytes: Uint8Array) => ApiError;

/** As the decoder of an object of `kind` words it (k8s.io/apiserver transformDecodeError). */
export function refuseObject(kind: string): RefuseBody {
  return (why, bytes) =>
    badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; ` +
        `json parse error: ${why} (${summaryOf(bytes)})`,
    );
}

export const refusePatch: RefuseBody = (why) => badRequest(`error decoding patch: ${why}`);

export const refuseStrategicPatch: RefuseBody = (why) => badRequest(why);

export const refuseYaml: RefuseBody = (why) =>
  badRequest(`error decoding YAML: error converting YAML to JSON: yaml: ${why}`);

export const refuseOptions: RefuseBody = (why) =>
  badRequest(`couldn't get version/kind; json parse error: ${why}`);

/** Go reads version and kind first, into a struct that nothing but an object fits. */
export function refuseNonObject(body: Json, kind: string): ApiError {
  const struct =
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  return refuseObject(kind)(
    `json: cannot unmarshal ${goKind(body)} into Go value of type ${struct}`,
    Buffer.from(JSON.stringify(body)),
  );
}

/** What encoding/json calls a value in its messages. */
export function goKind(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}

/** The first thirty bytes: as text when they look like JSON, else in hexadecimal. */
function summaryOf(bytes: Uint8Array): string {
  if (bytes.length === 0) return "<empty>";
  const head = Buffer.from(bytes.subarray(0, 30));
  const text = head.toString(bytes[0] === 0x7b ? "utf8" : "hex");
  return bytes.length > head.length ? `${text} ...` : text;
}
