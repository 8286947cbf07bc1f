import { arrayAt, isObject, type JsonObject, objectAt, stringAt, textsAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { customColumns } from "../printing/custom-columns.ts";
import type { StructuralSchema } from "../schema/structural-schema.ts";
import type { ResourceType } from "./resource-type.ts";

/** The resources that a CustomResourceDefinition serves, one per served version. */
export function customResourceTypes(crd: KubeObject): readonly ResourceType[] {
  return arrayAt(crd, "spec", "versions")
    .filter(isObject)
    .filter((version) => version.served === true)
    .map((version) => customResourceType(crd, version));
}

function customResourceType(crd: KubeObject, version: JsonObject): ResourceType {
  const group = stringAt(crd, "spec", "group") ?? "";
  const names = objectAt(crd, "spec", "names");
  const kind = stringAt(names, "kind") ?? "";
  const plural = stringAt(names, "plural") ?? "";
  const subresources = objectAt(version, "subresources");
  return {
    group,
    version: stringAt(version, "name") ?? "",
    plural,
    singular: stringAt(names, "singular") ?? kind.toLowerCase(),
    kind,
    shortNames: textsAt(names, "shortNames"),
    categories: textsAt(names, "categories"),
    namespaced: stringAt(crd, "spec", "scope") === "Namespaced",
    storageKey: `${group}/${plural}`,
    subresources: (["status", "scale"] as const).filter((name) => subresources[name] !== undefined),
    builtIn: false,
    columns: customColumns(arrayAt(version, "additionalPrinterColumns")),
    schema: schemaOf(version),
    generation: true,
  };
}

/** apiextensions/v1 JSONSchemaProps are read as they are: each field is checked where it is used. */
function schemaOf(version: JsonObject): StructuralSchema {
  return objectAt(version, "schema", "openAPIV3Schema") as StructuralSchema;
}
