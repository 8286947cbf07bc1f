import { type Json, stringAt, stringsAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { type ApiError, badRequest } from "./api-error.ts";
import type { ResourceType } from "./resources/resource-type.ts";

export type Matcher = (object: KubeObject) => boolean;

const KEY = "[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(?:/[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?";
const SET_BASED = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const EQUALITY = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*([A-Za-z0-9._-]*)$`);
const EXISTENCE = new RegExp(`^(!?)\\s*(${KEY})$`);

/**
 * A labelSelector query parameter: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, comma-separated.
 * @throws ApiError 400 naming the requirement that can't be read.
 */
export function parseLabelSelector(text: string): Matcher {
  const requirements = text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map(labelRequirement);
  return (object) => {
    const labels = stringsAt(object, "metadata", "labels");
    return requirements.every((requirement) => requirement(labels));
  };
}

function labelRequirement(text: string): (labels: Record<string, string>) => boolean {
  const set = SET_BASED.exec(text);
  if (set !== null) {
    const key = set[1] ?? "";
    const values = new Set((set.at(-1) ?? "").split(",").map((value) => value.trim()));
    const isIn = set.at(-2) === "in";
    return (labels) => {
      const value = labels[key];
      return isIn ? value !== undefined && values.has(value) : value === undefined || !values.has(value);
    };
  }
  const pair = EQUALITY.exec(text);
  if (pair !== null) {
    const key = pair[1] ?? "";
    const value = pair.at(-1) ?? "";
    return pair.at(-2) === "!=" ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const existence = EXISTENCE.exec(text);
  if (existence === null)
    throw badRequest(`unable to parse requirement: ${JSON.stringify(text)} is no label requirement`);
  const key = existence[2] ?? "";
  return existence[1] === "!" ? (labels) => labels[key] === undefined : (labels) => labels[key] !== undefined;
}

/** The field labels that built-in resources offer beside metadata.name and metadata.namespace. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  "/pods": [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "status.phase",
    "status.podIP",
    "status.nominatedNodeName",
  ],
  "/events": [
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
  ],
  "/secrets": ["type"],
  "/namespaces": ["status.phase"],
  "/nodes": ["spec.unschedulable"],
};

/** A fieldSelector query parameter. @throws ApiError 400 for a field that the resource doesn't offer. */
export function parseFieldSelector(text: string, type: ResourceType): Matcher {
  const known = ["metadata.name", "metadata.namespace", ...(FIELDS[type.storageKey] ?? [])];
  const requirements = text
    .split(",")
    .filter((part) => part !== "")
    .map((part): Matcher => {
      const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(part);
      if (match === null) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
      const [, field = "", operator, wanted = ""] = match;
      const stored = field.replace(/^regarding\./, "involvedObject.");
      if (!known.includes(stored)) throw unknownField(field, type);
      const path = stored.split(".");
      const value = (object: Json): string => stringAt(object, ...path) ?? "";
      return operator === "!=" ? (object) => value(object) !== wanted : (object) => value(object) === wanted;
    });
  return (object) => requirements.every((requirement) => requirement(object));
}

function unknownField(field: string, type: ResourceType): ApiError {
  const isListed = FIELDS[type.storageKey] !== undefined || !type.builtIn;
  return badRequest(
    isListed
      ? `field label not supported: ${field}`
      : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
}
