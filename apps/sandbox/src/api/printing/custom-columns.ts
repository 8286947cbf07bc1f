import { isObject, type Json, numberAt, stringAt } from "../../json/json.ts";
import type { Column } from "../resources/resource-type.ts";
import { AGE, NAME } from "./common-columns.ts";
import { ageOf } from "./duration.ts";
import { evaluate, type JsonPath, parseJsonPath } from "./json-path.ts";

/** The columns of a custom resource: its name, then additionalPrinterColumns, or its age when there are none. */
export function customColumns(definitions: readonly Json[]): readonly Column[] {
  const declared = definitions.filter(isObject).map((definition): Column => {
    const type = stringAt(definition, "type") ?? "string";
    const path = parseJsonPath(stringAt(definition, "jsonPath") ?? "");
    const format = stringAt(definition, "format");
    return {
      name: stringAt(definition, "name") ?? "",
      type,
      ...(format === undefined ? {} : { format }),
      description: stringAt(definition, "description") ?? customDescription(stringAt(definition, "jsonPath")),
      priority: numberAt(definition, "priority") ?? 0,
      cell: (object, now) => cell(path, type, object, now),
    };
  });
  return [NAME, ...(declared.length === 0 ? [AGE] : declared)];
}

function customDescription(jsonPath: string | undefined): string {
  return `Custom resource definition column (in JSONPath format): ${jsonPath}`;
}

/** apiextensions tableconvertor: dates become ages, numbers stay numbers, several strings are joined. */
function cell(path: JsonPath, type: string, object: Json, now: number): Json {
  const found = evaluate(path, object);
  const [first] = found;
  if (first === undefined || first === null) return null;
  switch (type) {
    case "date":
      return ageOf(typeof first === "string" ? first : undefined, now);
    case "integer":
    case "number":
      return typeof first === "number" ? first : null;
    case "boolean":
      return typeof first === "boolean" ? first : null;
    default:
      return typeof first === "string" && found.length === 1 ? first : found.map(text).join(",");
  }
}

function text(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
