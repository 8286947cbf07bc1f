import { openApiV2 } from "../protobuf/descriptors.ts";
import { apiVersionOf, type ResourceType } from "../resources/resource-type.ts";

/** What Go's clients ask for, and take alone. */
export const OPENAPI_V2 = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

const PARAMETERS = ["dryRun", "fieldManager", "fieldValidation", "force"];

/**
 * GET /openapi/v2 in protobuf: which query parameters PATCH of each type takes. Schemas are in OpenAPI v3 alone; clients
 * skip their own validation of a type that has none here, and the server validates.
 */
export function openApiV2Document(types: readonly ResourceType[]): Buffer {
  const path = types.map((type) => {
    const base = type.group === "" ? "/api" : "/apis";
    const scope = type.namespaced ? "namespaces/{namespace}/" : "";
    return {
      name: `${base}/${apiVersionOf(type)}/${scope}${type.plural}/{name}`,
      value: { patch: patchOf(type) },
    };
  });
  const document = { swagger: "2.0", info: { title: "Kubernetes", version: "unversioned" }, paths: { path } };
  return Buffer.from(openApiV2().encode(document).finish());
}

function patchOf({ group, version, kind }: ResourceType): object {
  const parameters = PARAMETERS.map((name) => ({
    parameter: { non_body_parameter: { query_parameter_sub_schema: { in: "query", name, type: "string" } } },
  }));
  const yaml = JSON.stringify({ group, version, kind });
  return { parameters, vendor_extension: [{ name: "x-kubernetes-group-version-kind", value: { yaml } }] };
}
