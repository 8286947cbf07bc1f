import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { propertySchema, type StructuralSchema } from "../api/schema/structural-schema.ts";
import { validateSchema } from "../api/schema/validation.ts";
import { at, isObject, type Json } from "../json/json.ts";
import { controllerPackage } from "./controller-process.ts";
import { folderBeside } from "./manifests.ts";
import type { Mistake } from "./mistake.ts";

let known: StructuralSchema | undefined;

/** The schema of a HaltPolicy's spec, as the controller's CustomResourceDefinition has it. */
function specSchema(): StructuralSchema {
  const file = join(folderBeside(controllerPackage(), "deploy"), "crds", "haltpolicies.yaml");
  known ??= at(
    parse(readFileSync(file, "utf8")) as Json,
    ...["spec", "versions", 0, "schema", "openAPIV3Schema", "properties", "spec"],
  ) as unknown as StructuralSchema;
  return known;
}

/** What the API server would refuse or drop of a scenario's policy. */
export function policyMistakes(policy: Readonly<Record<string, Json>>): readonly Mistake[] {
  const schema = specSchema();
  const unknown = unknownFields(policy, schema, ["policy"]);
  const wrong = Object.entries(policy).flatMap(([name, value]) => {
    const own = propertySchema(schema, name);
    return own === undefined ? [] : validateSchema(value, own, name);
  });
  const told = wrong.map(({ field = "", message }) => ({
    path: ["policy", ...field.split(/[.[\]]+/).flatMap((one) => (one === "" ? [] : numberOr(one)))],
    message: `policy.${field}: ${message}`,
  }));
  return [...unknown, ...told];
}

function numberOr(part: string): string | number {
  return /^\d+$/.test(part) ? Number(part) : part;
}

function unknownFields(
  value: Json,
  schema: StructuralSchema,
  path: readonly (string | number)[],
): readonly Mistake[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined
      ? []
      : value.flatMap((one, index) => unknownFields(one, items, [...path, index]));
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, one]): readonly Mistake[] => {
    const own = propertySchema(schema, key);
    if (own !== undefined) return unknownFields(one, own, [...path, key]);
    if (schema.properties === undefined) return [];
    const may = Object.keys(schema.properties).join(", ");
    const message = `${path.join(".")} has no ${JSON.stringify(key)}; it may have ${may}`;
    return [{ path: [...path, key], message }];
  });
}
