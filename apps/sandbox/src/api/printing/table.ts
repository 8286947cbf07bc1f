import type { Json, JsonObject } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import type { Column, ResourceType } from "../resources/resource-type.ts";

/** What of each object a table carries along. */
export type IncludeObject = "None" | "Metadata" | "Object";

/** meta/v1 Table of `objects`, as `kubectl get` asks for it. */
export function toTable(
  type: ResourceType,
  objects: readonly KubeObject[],
  metadata: JsonObject,
  include: IncludeObject,
  now: number,
): JsonObject {
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: type.columns.map(definition),
    rows: objects.map((object) => row(type, object, include, now)),
  };
}

/** The table of one watch event; its columns come with the first event only. */
export function toEventTable(
  type: ResourceType,
  object: KubeObject,
  isFirst: boolean,
  include: IncludeObject,
  now: number,
): JsonObject {
  const table = toTable(
    type,
    [object],
    { resourceVersion: object.metadata.resourceVersion ?? "" },
    include,
    now,
  );
  return isFirst ? table : { ...table, columnDefinitions: null };
}

function definition(column: Column): JsonObject {
  const { name, type, format = "", description = "", priority = 0 } = column;
  return { name, type, format, description, priority };
}

function row(type: ResourceType, object: KubeObject, include: IncludeObject, now: number): JsonObject {
  const cells: Json[] = type.columns.map((column) => column.cell(object, now));
  if (include === "None") return { cells };
  return { cells, object: include === "Object" ? object : toPartialMetadata(object) };
}

/** meta/v1 PartialObjectMetadata of an object. */
export function toPartialMetadata(object: KubeObject): JsonObject {
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata };
}
