import { arrayAt, at, isObject, objectAt, stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import type { Cause } from "../api-error.ts";
import { parseJsonPath } from "../printing/json-path.ts";
import { ruleDefect } from "../schema/cel.ts";
import { setDefault } from "./pod-defaults.ts";
import { timestampOfCreation } from "./timestamps.ts";

/** A CustomResourceDefinition is accepted and established as soon as it is stored. */
export function defaultCrd(crd: KubeObject): void {
  const names = objectAt(crd, "spec", "names");
  const kind = stringAt(names, "kind") ?? "";
  setDefault(names, "singular", kind.toLowerCase());
  setDefault(names, "listKind", `${kind}List`);
  setDefault(objectAt(crd, "spec"), "conversion", { strategy: "None" });
  const versions = arrayAt(crd, "spec", "versions").filter(isObject);
  const stored = versions.filter((version) => version.storage === true).map((version) => version.name ?? "");
  const since = timestampOfCreation(crd);
  const condition = (type: string, reason: string, message: string) => ({
    type,
    status: "True",
    lastTransitionTime: since,
    reason,
    message,
  });
  crd.status = {
    conditions: [
      condition("NamesAccepted", "NoConflicts", "no conflicts found"),
      condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
    ],
    acceptedNames: names,
    storedVersions: stored,
  };
}

/** Defects that would otherwise surface only when the first object arrives. */
export function validateCrd(crd: KubeObject): readonly Cause[] {
  const spec = objectAt(crd, "spec");
  const wanted = `${stringAt(spec, "names", "plural")}.${stringAt(spec, "group")}`;
  const causes: Cause[] = [];
  const add = (field: string, value: string, why: string): void => {
    causes.push({
      reason: "FieldValueInvalid",
      message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
      field,
    });
  };
  if (crd.metadata.name !== wanted) {
    add("metadata.name", crd.metadata.name, 'must be spec.names.plural+"."+spec.group');
  }
  for (const [index, version] of arrayAt(spec, "versions").entries()) {
    const field = `spec.versions[${index}]`;
    if (!isObject(at(version, "schema", "openAPIV3Schema"))) {
      causes.push({
        reason: "FieldValueRequired",
        message: "Required value: schemas are required",
        field: `${field}.schema.openAPIV3Schema`,
      });
    }
    for (const [number, column] of arrayAt(version, "additionalPrinterColumns").entries()) {
      const path = stringAt(column, "jsonPath") ?? "";
      const defect = pathDefect(path);
      if (defect !== undefined) add(`${field}.additionalPrinterColumns[${number}].jsonPath`, path, defect);
    }
    for (const rule of rulesIn(at(version, "schema", "openAPIV3Schema"))) {
      const defect = ruleDefect(rule);
      if (defect !== undefined) add(`${field}.schema.openAPIV3Schema`, rule, `compilation failed: ${defect}`);
    }
  }
  return causes;
}

function pathDefect(path: string): string | undefined {
  try {
    parseJsonPath(path);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Every CEL rule anywhere in a schema. */
function rulesIn(schema: unknown): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
    if (key !== "x-kubernetes-validations" || !Array.isArray(value)) return rulesIn(value);
    return value.map((entry: unknown) =>
      typeof entry === "object" && entry !== null && "rule" in entry ? String(entry.rule) : "",
    );
  });
}
