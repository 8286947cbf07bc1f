import type { Json, JsonObject } from "../../json/json.ts";
import { apiVersionOf, type ResourceType } from "../resources/resource-type.ts";

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/** meta/v1 APIVersions of GET /api. */
export function coreVersions(address: string): JsonObject {
  const serverAddressByClientCIDRs = [{ clientCIDR: "0.0.0.0/0", serverAddress: address }];
  return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs };
}

/** meta/v1 APIGroupList of GET /apis. */
export function groupList(types: readonly ResourceType[]): JsonObject {
  const names = [...new Set(types.map((type) => type.group))].filter((name) => name !== "");
  return { kind: "APIGroupList", apiVersion: "v1", groups: names.map((name) => group(name, types)) };
}

/** meta/v1 APIGroup of GET /apis/{group}, or undefined when nothing is served there. */
export function groupOf(name: string, types: readonly ResourceType[]): JsonObject | undefined {
  if (!types.some((type) => type.group === name)) return undefined;
  return { kind: "APIGroup", apiVersion: "v1", ...group(name, types) };
}

function group(name: string, types: readonly ResourceType[]): JsonObject {
  const versions = versionsOf(name, types).map((version) => ({
    groupVersion: `${name}/${version}`,
    version,
  }));
  return { name, versions, preferredVersion: versions[0] ?? null };
}

function versionsOf(name: string, types: readonly ResourceType[]): readonly string[] {
  return [...new Set(types.filter((type) => type.group === name).map((type) => type.version))];
}

/** meta/v1 APIResourceList of one group and version, or undefined when nothing is served there. */
export function resourceList(
  groupName: string,
  version: string,
  types: readonly ResourceType[],
): JsonObject | undefined {
  const served = types.filter((type) => type.group === groupName && type.version === version);
  const [first] = served;
  if (first === undefined) return undefined;
  return {
    kind: "APIResourceList",
    ...(groupName === "" ? {} : { apiVersion: "v1" }),
    groupVersion: apiVersionOf(first),
    resources: served.flatMap(resources),
  };
}

const CUSTOM_VERBS = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];

function resources(type: ResourceType): readonly Json[] {
  const { plural, singular, namespaced, kind, shortNames, categories } = type;
  const main: JsonObject = {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs: type.builtIn ? VERBS : CUSTOM_VERBS,
    ...(shortNames.length === 0 ? {} : { shortNames: [...shortNames] }),
    ...(categories.length === 0 ? {} : { categories: [...categories] }),
  };
  return [main, ...type.subresources.map((name) => subresource(type, name))];
}

interface Subresource {
  readonly verbs: readonly string[];
  readonly kind?: string;
  readonly group?: string;
  readonly version?: string;
}

const SUBRESOURCES: Readonly<Record<ResourceType["subresources"][number], Subresource>> = {
  status: { verbs: ["get", "patch", "update"] },
  scale: { verbs: ["get", "patch", "update"], kind: "Scale", group: "autoscaling", version: "v1" },
  binding: { verbs: ["create"], kind: "Binding" },
  eviction: { verbs: ["create"], kind: "Eviction", group: "policy", version: "v1" },
  log: { verbs: ["get"] },
  token: { verbs: ["create"], kind: "TokenRequest", group: "authentication.k8s.io", version: "v1" },
};

function subresource(type: ResourceType, name: ResourceType["subresources"][number]): JsonObject {
  const { verbs, kind, group: kindGroup, version } = SUBRESOURCES[name];
  return {
    name: `${type.plural}/${name}`,
    singularName: "",
    namespaced: type.namespaced,
    ...(kindGroup === undefined ? {} : { group: kindGroup, version: version ?? "" }),
    kind: kind ?? type.kind,
    verbs: [...verbs],
  };
}

/** apidiscovery.k8s.io/v2 APIGroupDiscoveryList: everything in one answer, as newer clients ask. */
export function aggregated(types: readonly ResourceType[], isCore: boolean): JsonObject {
  const names = [...new Set(types.map((type) => type.group))].filter((name) => (name === "") === isCore);
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: "apidiscovery.k8s.io/v2",
    metadata: {},
    items: names.map((name) => ({
      metadata: name === "" ? { creationTimestamp: null } : { name, creationTimestamp: null },
      versions: versionsOf(name, types).map((version) => ({
        version,
        resources: types
          .filter((type) => type.group === name && type.version === version)
          .map((type) => discoveryResource(type)),
        freshness: "Current",
      })),
    })),
  };
}

function discoveryResource(type: ResourceType): JsonObject {
  const { group: groupName, version, kind, plural, singular, namespaced, shortNames, categories } = type;
  return {
    resource: plural,
    responseKind: { group: groupName, version, kind },
    scope: namespaced ? "Namespaced" : "Cluster",
    singularResource: singular,
    verbs: type.builtIn ? VERBS : CUSTOM_VERBS,
    ...(shortNames.length === 0 ? {} : { shortNames: [...shortNames] }),
    ...(categories.length === 0 ? {} : { categories: [...categories] }),
    subresources: type.subresources.map((name) => {
      const row = SUBRESOURCES[name];
      const responseKind = {
        group: row.group ?? (row.kind === undefined ? groupName : ""),
        version: row.version ?? version,
        kind: row.kind ?? kind,
      };
      return { subresource: name, responseKind, verbs: [...row.verbs] };
    }),
  };
}
