import { arrayAt, isObject, type Json, numberAt, objectAt, stringAt } from "../../json/json.ts";
import { ApiError, badRequest, invalid } from "../api-error.ts";
import { refuseNonObject } from "../body-words.ts";
import { parseLabelSelector } from "../label-query.ts";
import type { WriteOptions } from "../operations/context.ts";
import type { DeleteOptions } from "../operations/delete.ts";
import type { ResourceType } from "../resources/resource-type.ts";
import { type Matcher, parseFieldSelector } from "../selectors.ts";

/** A whole number parameter, 0 when absent. @throws ApiError 400 in the words of Go's strconv. */
export function integer(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? "";
  if (text === "") return 0;
  if (!/^[+-]?\d+$/.test(text)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  return Number(text);
}

/** A parameter that is there says yes unless it says `false` or `0` (k8s.io/apimachinery Convert_Slice_string_To_bool). */
export function flag(query: URLSearchParams, name: string): boolean {
  const text = query.get(name)?.toLowerCase();
  return text !== undefined && text !== "false" && text !== "0";
}

/** resourceVersion of a list or watch. @throws ApiError 400 (a list) or 500 (a watch) when it is no number. */
export function resourceVersionOf(query: URLSearchParams, isWatch = false): string {
  const text = query.get("resourceVersion") ?? "";
  if (text === "" || /^\d+$/.test(text)) return text;
  const quoted = JSON.stringify(text);
  const why = `resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`;
  throw isWatch ? new ApiError(500, "", why) : badRequest(`invalid resource version: ${why}`);
}

/** @throws ApiError 422 for sendInitialEvents without the resourceVersionMatch that goes with it. */
export function requireMatch(query: URLSearchParams): void {
  if (!query.has("sendInitialEvents") || query.get("resourceVersionMatch") === "NotOlderThan") return;
  const message = "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
  const cause = { reason: "FieldValueForbidden", message, field: "resourceVersionMatch" };
  throw invalid({ group: "meta.k8s.io", kind: "ListOptions" }, "", [cause]);
}

/** Label and field selectors of the request, and its name when it names one object. */
export function matcherOf(query: URLSearchParams, type: ResourceType, name: string): Matcher {
  const labels = parseLabelSelector(query.get("labelSelector") ?? "");
  const fields = parseFieldSelector(query.get("fieldSelector") ?? "", type);
  return (object) => (name === "" || object.metadata.name === name) && labels(object) && fields(object);
}

/** How to write: who (fieldManager, else the client's program name), dryRun, fieldValidation. */
export function writeOptions(
  query: URLSearchParams,
  userAgent: string | undefined,
  subresource: string,
  kind: "CreateOptions" | "UpdateOptions" | "PatchOptions",
): WriteOptions {
  const validation = query.get("fieldValidation") ?? "";
  if (!VALIDATIONS.includes(validation))
    throw unsupported(kind, "fieldValidation", JSON.stringify(validation), VALIDATIONS);
  return {
    manager: {
      name: query.get("fieldManager") ?? (userAgent ?? "unknown").split("/")[0] ?? "unknown",
      operation: "Update",
      subresource,
    },
    dryRun: isDryRun(query.getAll("dryRun"), kind),
    fieldValidation: validation === "Strict" || validation === "Ignore" ? validation : "Warn",
  };
}

const VALIDATIONS = ["", "Ignore", "Strict", "Warn"];
const PROPAGATIONS = ["Foreground", "Background", "Orphan", "nil"];

function isDryRun(values: readonly string[], kind: string): boolean {
  if (values.some((value) => value !== "All"))
    throw unsupported(kind, "dryRun", JSON.stringify(values), ["All"]);
  return values.length > 0;
}

/** 422 for a parameter of a request, which Kubernetes validates as a field of its options. */
function unsupported(kind: string, field: string, value: string, supported: readonly string[]): ApiError {
  const values = supported.map((one) => JSON.stringify(one)).join(", ");
  const message = `Unsupported value: ${value}: supported values: ${values}`;
  return invalid({ group: "meta.k8s.io", kind }, "", [{ reason: "FieldValueNotSupported", message, field }]);
}

/** DeleteOptions from the body, else from the query. @throws ApiError 400. */
export function deleteOptions(query: URLSearchParams, body: Json | undefined): DeleteOptions {
  if (body !== undefined && !isObject(body)) throw refuseNonObject(body, "DeleteOptions");
  const kind = stringAt(body, "kind") ?? "DeleteOptions";
  if (kind !== "DeleteOptions") {
    const version = JSON.stringify(stringAt(body, "apiVersion") ?? "");
    throw badRequest(
      `no kind ${JSON.stringify(kind)} is registered for version ${version} in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  const preconditions = objectAt(body, "preconditions");
  const grace =
    numberAt(body, "gracePeriodSeconds") ??
    (query.has("gracePeriodSeconds") ? integer(query, "gracePeriodSeconds") : undefined);
  const propagationPolicy =
    stringAt(body, "propagationPolicy") ?? query.get("propagationPolicy") ?? undefined;
  if (propagationPolicy !== undefined && !PROPAGATIONS.includes(propagationPolicy)) {
    throw unsupported("DeleteOptions", "propagationPolicy", JSON.stringify(propagationPolicy), PROPAGATIONS);
  }
  const uid = stringAt(preconditions, "uid");
  const resourceVersion = stringAt(preconditions, "resourceVersion");
  const inBody = arrayAt(body, "dryRun").map(String);
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    dryRun: isDryRun(query.getAll("dryRun"), "DeleteOptions") || isDryRun(inBody, "DeleteOptions"),
  };
}
