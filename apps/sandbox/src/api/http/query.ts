import { isObject, type Json, numberAt, objectAt, stringAt } from "../../json/json.ts";
import { ApiError, badRequest, invalid } from "../api-error.ts";
import type { WriteOptions } from "../operations/context.ts";
import type { DeleteOptions } from "../operations/delete.ts";
import type { ResourceType } from "../resources/resource-type.ts";
import { type Matcher, parseFieldSelector, parseLabelSelector } from "../selectors.ts";

/** A whole number parameter, 0 when absent. @throws ApiError 400. */
export function integer(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? "";
  if (text === "") return 0;
  if (!/^\d+$/.test(text))
    throw badRequest(`invalid query parameter ${name}: ${JSON.stringify(text)} is no whole number`);
  return Number(text);
}

export function flag(query: URLSearchParams, name: string): boolean {
  const text = query.get(name);
  return text === "true" || text === "1";
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
): WriteOptions {
  const validation = query.get("fieldValidation");
  return {
    manager: {
      name: query.get("fieldManager") ?? (userAgent ?? "unknown").split("/")[0] ?? "unknown",
      operation: "Update",
      subresource,
    },
    dryRun: isDryRun(query.getAll("dryRun")),
    fieldValidation: validation === "Strict" || validation === "Ignore" ? validation : "Warn",
  };
}

function isDryRun(values: readonly string[]): boolean {
  if (values.some((value) => value !== "All")) {
    throw badRequest(`invalid dryRun: Unsupported value: ${JSON.stringify(values)}: supported values: "All"`);
  }
  return values.length > 0;
}

/** DeleteOptions from the body, else from the query. @throws ApiError 400. */
export function deleteOptions(query: URLSearchParams, body: Json | undefined): DeleteOptions {
  if (body !== undefined && !isObject(body)) throw badRequest("DeleteOptions is a JSON object");
  const preconditions = objectAt(body, "preconditions");
  const grace =
    numberAt(body, "gracePeriodSeconds") ??
    (query.has("gracePeriodSeconds") ? integer(query, "gracePeriodSeconds") : undefined);
  const propagationPolicy =
    stringAt(body, "propagationPolicy") ?? query.get("propagationPolicy") ?? undefined;
  const uid = stringAt(preconditions, "uid");
  const resourceVersion = stringAt(preconditions, "resourceVersion");
  const bodyDryRun = objectAt(body).dryRun;
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    dryRun: isDryRun(query.getAll("dryRun")) || (Array.isArray(bodyDryRun) && bodyDryRun.length > 0),
  };
}
