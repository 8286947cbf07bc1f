import { type Json, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { type ApiError, badRequest } from "./api-error.ts";
import type { ResourceType } from "./resources/resource-type.ts";

export type Matcher = (object: KubeObject) => boolean;

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
