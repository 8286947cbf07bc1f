import { createHash } from "node:crypto";
import { isObject, type Json, type JsonObject } from "../../json/json.ts";
import { apiVersionOf, type ResourceType } from "../resources/resource-type.ts";

/** Path under which a type's group and version is served: `api/v1` or `apis/apps/v1`. */
function basePath(type: ResourceType): string {
  return type.group === "" ? `api/${type.version}` : `apis/${apiVersionOf(type)}`;
}

/** GET /openapi/v3: where the document of each group and version is. */
export function openApiIndex(types: readonly ResourceType[]): JsonObject {
  const paths = [...new Set(types.map(basePath))].map((path): [string, Json] => {
    const served = types.filter((type) => basePath(type) === path);
    const hash = createHash("sha256").update(JSON.stringify(served)).digest("hex").toUpperCase();
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }];
  });
  return { paths: Object.fromEntries(paths) };
}

/**
 * GET /openapi/v3/{path}: enough for kubectl, which asks whether PATCH takes fieldValidation before it
 * leaves validation to the server, and reads the schemas for `explain`.
 */
export function openApiDocument(path: string, types: readonly ResourceType[]): JsonObject | undefined {
  const served = types.filter((type) => basePath(type) === path);
  if (served.length === 0) return undefined;
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: "unversioned" },
    paths: Object.fromEntries(
      served.map((type) => [`/${path}/${scope(type)}${type.plural}/{name}`, operations(type)]),
    ),
    components: { schemas: Object.fromEntries(served.map((type) => [schemaName(type), schema(type)])) },
  };
}

function scope(type: ResourceType): string {
  return type.namespaced ? "namespaces/{namespace}/" : "";
}

function schemaName(type: ResourceType): string {
  const reversed = type.group === "" ? "io.k8s.api.core" : type.group.split(".").reverse().join(".");
  return `${reversed}.${type.version}.${type.kind}`;
}

function operations(type: ResourceType): JsonObject {
  const gvk = { group: type.group, version: type.version, kind: type.kind };
  const parameter = (name: string, kind: string): JsonObject => ({
    name,
    in: "query",
    schema: { type: kind, uniqueItems: true },
  });
  const content = { "application/json": { schema: { $ref: `#/components/schemas/${schemaName(type)}` } } };
  return {
    get: {
      "x-kubernetes-action": "get",
      "x-kubernetes-group-version-kind": gvk,
      responses: { 200: { description: "OK", content } },
    },
    patch: {
      "x-kubernetes-action": "patch",
      "x-kubernetes-group-version-kind": gvk,
      parameters: [
        parameter("dryRun", "string"),
        parameter("fieldManager", "string"),
        parameter("fieldValidation", "string"),
        parameter("force", "boolean"),
      ],
      requestBody: { content: { "application/merge-patch+json": { schema: { type: "object" } } } },
      responses: { 200: { description: "OK", content } },
    },
  };
}

const IDENTITY: JsonObject = {
  apiVersion: {
    type: "string",
    description: "APIVersion defines the versioned schema of this representation of an object.",
  },
  kind: {
    type: "string",
    description: "Kind is a string value representing the REST resource this object represents.",
  },
  metadata: { type: "object", description: "Standard object's metadata." },
};

function schema(type: ResourceType): JsonObject {
  const own: JsonObject =
    type.schema === undefined
      ? { type: "object", "x-kubernetes-preserve-unknown-fields": true }
      : JSON.parse(JSON.stringify(type.schema));
  const properties = isObject(own.properties) ? own.properties : {};
  return {
    ...own,
    properties: { ...properties, ...IDENTITY },
    "x-kubernetes-group-version-kind": [{ group: type.group, version: type.version, kind: type.kind }],
  };
}
